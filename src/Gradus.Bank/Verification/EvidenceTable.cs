using System.Globalization;
using System.Text;
using Gradus.Labs;

namespace Gradus.Bank;

/// <summary>A verification as a table of Markdown: what the project shows as its evidence.</summary>
public static class EvidenceTable
{
    /// <summary>Writes the table; the file appears whole or not at all.</summary>
    /// <param name="path">The Markdown file.</param>
    /// <param name="report">What was found.</param>
    /// <param name="command">The command that was given.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, VerificationReport report, string command)
    {
        ArgumentNullException.ThrowIfNull(report);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        string temporary = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            File.WriteAllText(temporary, Text(report, command));
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static string Text(VerificationReport report, string command)
    {
        int proven = report.Questions.Count(question => question.State == QuestionState.Proven), asExpected = report.Entries.Count(entry => entry.AsExpected);
        var text = new StringBuilder();
        text.AppendLine("# What the labs found").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"Made by `{command}` on {DateTime.UtcNow:yyyy-MM-dd} ({Machine.Description}).");
        text.AppendLine(CultureInfo.InvariantCulture, $"{asExpected} of {report.Entries.Count} claims as expected; {proven} of {report.Questions.Count} questions proven: every claim has the expected verdict under the full budget, with three seeds or more, within the time.").AppendLine();
        text.AppendLine("| questions | claim | verdict | measured | threshold | arms: median (values of the seeds) | lab | seconds |").AppendLine("|---|---|---|---|---|---|---|---|");
        foreach (var entry in report.Entries.OrderBy(entry => entry.Questions.FirstOrDefault(int.MaxValue)).ThenBy(entry => entry.Lab, StringComparer.Ordinal).ThenBy(entry => entry.ClaimId, StringComparer.Ordinal)) Row(text, entry);
        foreach (var (lab, reason) in report.Missing) text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"Not run: {lab}. {reason}");
        string[] open = [.. report.Questions.Where(question => question.State == QuestionState.NotYetProven).Select(question => question.Question.Number.ToString(CultureInfo.InvariantCulture))];
        if (open.Length > 0) text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"Not yet proven, because a lab of theirs is not written or did not run: questions {string.Join(", ", open)}.");
        return text.ToString();
    }

    private static void Row(StringBuilder text, VerificationEntry entry)
    {
        string verdict = entry.AsExpected ? Word(entry.Verdict) : $"**{Word(entry.Verdict)}** (expected: {Word(entry.Expected)})";
        string measured = entry.Failure ?? string.Join("<br>", entry.Conditions.Select(condition => $"{condition.What.En}: {Number(condition.Measured)}"));
        string threshold = string.Join("<br>", entry.Conditions.Select(Threshold));
        string arms = string.Join("<br>", entry.Arms.Select(arm => $"{arm.Name}: {Number(new Arm(arm.Name, arm.ValuesPerSeed).Median)} ({string.Join(", ", arm.ValuesPerSeed.Select(Number))})"));
        text.AppendLine(CultureInfo.InvariantCulture, $"| {string.Join(", ", entry.Questions)} | {Cell(entry.ClaimEn)} | {verdict} | {Cell(measured)} | {threshold} | {Cell(arms)} | {entry.Lab} | {entry.Seconds:0.0} |");
    }

    private static string Threshold(Condition condition) => condition.Comparison switch
    {
        Comparison.AtLeast => $"≥ {Number(condition.Threshold)}",
        Comparison.AtMost => $"≤ {Number(condition.Threshold)}",
        _ => $"{Number(condition.Threshold)} ± {Number(condition.Tolerance)}",
    };

    private static string Word(Outcome outcome) => outcome.ToString().ToLowerInvariant();

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    private static string Number(double value) =>
        value != 0 && Math.Abs(value) is < 1e-3 or >= 1e6 ? value.ToString("0.0e0", CultureInfo.InvariantCulture) : value.ToString("0.####", CultureInfo.InvariantCulture);
}
