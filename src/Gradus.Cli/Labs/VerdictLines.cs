using System.Globalization;
using Gradus.Bank;
using Gradus.Labs;
using Spectre.Console;

namespace Gradus.Cli.Labs;

/// <summary>Claims in the terminal: as expected or not, the figures with their thresholds, the sentence.</summary>
internal static class VerdictLines
{
    /// <summary>A claim of one lab: the verdict with its figures, below it the sentence.</summary>
    public static void Write(IAnsiConsole console, VerificationEntry entry, Language language)
    {
        console.MarkupLine($"{Mark(console, entry, language)} [bold]{Markup.Escape(entry.ClaimId)}[/]  {Markup.Escape(Figures(entry, language))}");
        console.MarkupLine($"    {Markup.Escape(Sentence(entry, language))}");
    }

    /// <summary>A claim among many: all in one line.</summary>
    public static void WriteOne(IAnsiConsole console, VerificationEntry entry, Language language) => console.MarkupLine(
        $"{Mark(console, entry, language)} {Markup.Escape(Sentence(entry, language))} [grey]{Markup.Escape($"[{entry.Lab}/{entry.ClaimId}] {Figures(entry, language)}; {entry.Seconds.ToString("0.0", CultureInfo.InvariantCulture)} s")}[/]");

    private static string Mark(IAnsiConsole console, VerificationEntry entry, Language language)
    {
        bool unicode = console.Profile.Capabilities.Unicode;
        string mark = entry.AsExpected ? (unicode ? "✓" : "+") : unicode ? "✗" : "!";
        return $"[{(entry.AsExpected ? "green" : "red")}]{mark} {Word(entry.Verdict, language),-7}[/]";
    }

    private static string Sentence(VerificationEntry entry, Language language) => language == Language.Chinese ? entry.ClaimZh : entry.ClaimEn;

    public static string Word(Outcome outcome, Language language) => (outcome, language) switch
    {
        (Outcome.Holds, Language.Chinese) => "成立",
        (Outcome.Refuted, Language.Chinese) => "被推翻",
        (_, Language.Chinese) => "未证实",
        (Outcome.Holds, _) => "holds",
        (Outcome.Refuted, _) => "refuted",
        _ => "fails",
    };

    private static string Figures(VerificationEntry entry, Language language) => entry.Failure
        ?? string.Join("; ", entry.Conditions.Select(condition => Figure(condition, language)));

    public static string Figure(Condition condition, Language language)
    {
        string sign = condition.Comparison switch { Comparison.AtLeast => ">=", Comparison.AtMost => "<=", _ => "=" };
        string tolerance = condition.Comparison == Comparison.Within ? $" ± {Number(condition.Tolerance)}" : "";
        return $"{condition.What.In(language)} {Number(condition.Measured)} {sign} {Number(condition.Threshold)}{tolerance}";
    }

    public static string Number(double value) =>
        value != 0 && Math.Abs(value) is < 1e-3 or >= 1e6 ? value.ToString("0.0e0", CultureInfo.InvariantCulture) : value.ToString("0.####", CultureInfo.InvariantCulture);
}
