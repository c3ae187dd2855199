using System.Globalization;
using Gradus.Bank;
using Gradus.Labs;
using Spectre.Console;

namespace Gradus.Cli.Labs;

/// <summary>A line for each claim: as expected or not, the figure with its threshold, the claim, the seconds.</summary>
internal static class VerdictLines
{
    public static void Write(IAnsiConsole console, VerificationEntry entry, Language language, bool withLab)
    {
        bool unicode = console.Profile.Capabilities.Unicode;
        string mark = entry.AsExpected ? (unicode ? "✓" : "+") : unicode ? "✗" : "!";
        string colour = entry.AsExpected ? "green" : "red";
        string claim = language == Language.Chinese ? entry.ClaimZh : entry.ClaimEn;
        string where = withLab ? $"{entry.Lab}/{entry.ClaimId}" : entry.ClaimId;
        console.MarkupLine($"[{colour}]{mark} {Word(entry.Verdict, language),-7}[/] [bold]{Markup.Escape(where)}[/]  {Markup.Escape(Figures(entry, language))}  [grey]{entry.Seconds.ToString("0.0", CultureInfo.InvariantCulture)} s[/]");
        console.MarkupLine($"    {Markup.Escape(claim)}");
    }

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
