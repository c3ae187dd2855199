namespace Gradus.Bank;

/// <summary>Raised and lowered letters, where Unicode has them all; brackets elsewhere.</summary>
internal static class UnicodeScript
{
    private const string From = "0123456789+−=()aehijklmnoprstuvxβγρφχ";
    private const string Lowered = "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ";
    private const string FromRaised = "0123456789+−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθφχ";
    private const string Raised = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵠᵡ";

    public static bool IsScript(char c) => Lowered.Contains(c, StringComparison.Ordinal) || Raised.Contains(c, StringComparison.Ordinal) || c == 'ᵀ';

    public static string Of(string text, bool raised)
    {
        text = text.Trim();
        if (raised && text is "⊤" or "T") return "ᵀ";
        if (raised && text is "′" or "∗") return text;
        var (from, to) = raised ? (FromRaised, Raised) : (From, Lowered);
        string compact = text.Replace(" ", "", StringComparison.Ordinal);
        if (compact.Length > 0 && compact.All(c => from.Contains(c, StringComparison.Ordinal))) return string.Concat(compact.Select(c => to[from.IndexOf(c, StringComparison.Ordinal)]));
        string sign = raised ? "^" : "_";
        return text.Length == 1 ? $"{sign}{text}" : $"{sign}({text})";
    }
}
