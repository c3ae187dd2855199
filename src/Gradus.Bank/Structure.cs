using System.Text.RegularExpressions;

namespace Gradus.Bank;

/// <summary>What a text is made of, whatever its language.</summary>
internal sealed partial record Structure(int Headings, int Formulas, int Bullets, int TableRows, int CodeBlocks)
{
    public static Structure Of(string markdown)
    {
        string text = CodeBlock().Replace(markdown, "CODE");
        return new Structure(
            Heading().Count(text), Display().Count(text) / 2, Bullet().Count(text), Row().Count(text), CodeBlock().Count(markdown));
    }

    public override string ToString() => $"{Headings} headings, {Formulas} displayed formulas, {Bullets} bullets, {TableRows} table rows, {CodeBlocks} blocks of code";

    [GeneratedRegex("^```.*?^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex("^### ", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\$\$")]
    private static partial Regex Display();

    [GeneratedRegex(@"^\s*(?:[-*]|\d+\.) ", RegexOptions.Multiline)]
    private static partial Regex Bullet();

    [GeneratedRegex(@"^\|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
