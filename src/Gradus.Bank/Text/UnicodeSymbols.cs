namespace Gradus.Bank;

/// <summary>The characters that TeX's commands stand for.</summary>
internal static class UnicodeSymbols
{
    private static readonly Dictionary<string, string> Known = Pairs("""
        alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ lambda λ mu μ nu ν xi ξ pi π rho ρ sigma σ
        tau τ upsilon υ phi φ varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Phi Φ Psi Ψ Omega Ω
        partial ∂ nabla ∇ infty ∞ ell ℓ hbar ℏ emptyset ∅ forall ∀ exists ∃ neg ¬ top ⊤ bot ⊥ prime ′
        cdot · times × div ÷ pm ± mp ∓ odot ⊙ oplus ⊕ otimes ⊗ circ ∘ ast ∗ star ⋆ bullet •
        le ≤ leq ≤ ge ≥ geq ≥ ne ≠ neq ≠ approx ≈ sim ∼ simeq ≃ equiv ≡ propto ∝ ll ≪ gg ≫ in ∈ notin ∉ subset ⊂ subseteq ⊆ cup ∪ cap ∩ setminus ∖ mid ∣ perp ⊥
        to → rightarrow → leftarrow ← Rightarrow ⇒ Leftarrow ⇐ Leftrightarrow ⇔ mapsto ↦ longrightarrow ⟶ gets ← uparrow ↑ downarrow ↓ iff ⇔ implies ⇒
        sum ∑ prod ∏ int ∫ dots … ldots … cdots ⋯ vdots ⋮ lVert ‖ rVert ‖ Vert ‖ lvert | rvert | vert | langle ⟨ rangle ⟩ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ land ∧ lor ∨
        """);

    private static readonly HashSet<string> Functions = ["sin", "cos", "tan", "tanh", "sinh", "cosh", "exp", "log", "ln", "max", "min", "arg", "det", "dim", "lim", "sup", "inf", "Pr", "gcd", "sup", "mod"];

    private static readonly Dictionary<string, string> Fractions = new()
    {
        ["1/2"] = "½",
        ["1/3"] = "⅓",
        ["2/3"] = "⅔",
        ["1/4"] = "¼",
        ["3/4"] = "¾",
        ["1/5"] = "⅕",
        ["1/6"] = "⅙",
        ["1/8"] = "⅛",
        ["1/9"] = "⅑",
        ["1/10"] = "⅒",
    };

    public static string? Find(string name) => name switch
    {
        "quad" or "qquad" => "  ",
        _ when Known.TryGetValue(name, out string? symbol) => symbol,
        _ when Functions.Contains(name) => name + " ",
        _ => null,
    };

    /// <summary>Whether a symbol stands between blanks.</summary>
    public static bool IsRelation(string symbol) => symbol is "≤" or "≥" or "≠" or "≈" or "∼" or "≃" or "≡" or "∝" or "≪" or "≫" or "∈" or "∉" or "⊂" or "→" or "←" or "⇒" or "⇔" or "↦" or "⟶" or "×";

    public static string? Fraction(string above, string below) => Fractions.GetValueOrDefault($"{above.Trim()}/{below.Trim()}");

    /// <summary>Blackboard and calligraphic capitals.</summary>
    public static string Fancy(string style, string letters) => string.Concat(letters.Select(letter => (style, letter) switch
    {
        ("mathbb", 'C') => "ℂ",
        ("mathbb", 'N') => "ℕ",
        ("mathbb", 'P') => "ℙ",
        ("mathbb", 'Q') => "ℚ",
        ("mathbb", 'R') => "ℝ",
        ("mathbb", 'Z') => "ℤ",
        ("mathbb", 'H') => "ℍ",
        ("mathbb", >= 'A' and <= 'Z') => char.ConvertFromUtf32(0x1d538 + letter - 'A'),
        ("mathcal", 'B') => "ℬ",
        ("mathcal", 'E') => "ℰ",
        ("mathcal", 'F') => "ℱ",
        ("mathcal", 'H') => "ℋ",
        ("mathcal", 'I') => "ℐ",
        ("mathcal", 'L') => "ℒ",
        ("mathcal", 'M') => "ℳ",
        ("mathcal", 'R') => "ℛ",
        ("mathcal", >= 'A' and <= 'Z') => char.ConvertFromUtf32(0x1d49c + letter - 'A'),
        _ => letter.ToString(),
    }));

    private static Dictionary<string, string> Pairs(string text)
    {
        string[] words = text.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);
        return Enumerable.Range(0, words.Length / 2).ToDictionary(i => words[2 * i], i => words[2 * i + 1]);
    }
}
