using System.Text.RegularExpressions;

namespace Gradus.Bank.Tests;

public partial class UnicodeMathTests
{
    [Theory]
    [InlineData(@"\frac{\partial L}{\partial w_{ij}}", "∂L/∂wᵢⱼ", false)]
    [InlineData(@"x^2 + y_1^{n-1}", "x² + y₁ⁿ⁻¹", false)]
    [InlineData(@"\delta_l = W_{l+1}^{\top}\, \delta_{l+1}", "δₗ = Wₗ₊₁ᵀ δₗ₊₁", false)]
    [InlineData(@"\tfrac12 \sqrt{a+b} \sqrt{2}", "½ √(a+b) √2", false)]
    [InlineData(@"\mathbb{E}\big[\varphi'(z)^2\big]", "𝔼[φ′(z)²]", false)]
    [InlineData(@"\lVert w \rVert_2 \le 10^{-3}", "‖ w ‖₂ ≤ 10⁻³", true)]
    [InlineData(@"\operatorname{softmax}(z)_k \in \mathbb{R}", "softmax(z)ₖ ∈ℝ", true)]
    [InlineData(@"\chi = \tfrac1{2\pi} \approx0.16", "χ = 1/(2π) ≈ 0.16", false)]
    [InlineData(@"e^{Q}", "e^Q", false)]
    [InlineData(@"\unknowncommand{x}", "unknowncommandx", false)]
    [InlineData(@"\frac{1", "1/", true)]
    public void A_formula_becomes_one_line(string tex, string expected, bool blanksMayDiffer)
    {
        string unicode = UnicodeMath.Of(tex);
        if (blanksMayDiffer) Assert.Equal(Bare(expected), Bare(unicode));
        else Assert.Equal(expected, unicode);
    }

    [Fact]
    public void Every_formula_of_the_bank_becomes_a_line_without_commands()
    {
        var formulas = Directory.GetFiles(QuestionBank.DefaultFolder, "*.md", SearchOption.AllDirectories)
            .SelectMany(file => Formula().Matches(File.ReadAllText(file))).Select(match => match.Groups["display"].Value + match.Groups["inline"].Value).ToArray();
        Assert.NotEmpty(formulas);
        Assert.All(formulas, formula => Assert.DoesNotMatch(@"\\|\n|\b(frac|sqrt|left|mathbb|begin|partial)\b", UnicodeMath.Of(formula)));
    }

    private static string Bare(string text) => text.Replace(" ", "", StringComparison.Ordinal);

    [GeneratedRegex(@"\$\$(?<display>.+?)\$\$|(?<!\\)\$(?<inline>[^$\n]+?)\$", RegexOptions.Singleline)]
    private static partial Regex Formula();
}
