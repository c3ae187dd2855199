using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Gradus.Bank;
using Gradus.Labs;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Gradus.Cli.Labs;

/// <summary><c>gradus verify</c>.</summary>
internal sealed class VerifyCommand : Command<VerifyCommand.Settings>
{
    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        var (bank, language, console) = (KnownLabs.LoadBank(), LanguageOption.Of(settings.Language), Terminal.For(json: false));
        var questions = settings.Questions is null ? null : QuestionRange.Parse(settings.Questions);
        if (questions?.FirstOrDefault(number => bank.Find(number) is null) is > 0 and { } unknown) throw new UsageException($"there is no question {unknown}; the bank has {bank.Questions[0].Number} to {bank.Questions[^1].Number}");
        string folder = settings.Out ?? Path.Combine("runs", $"verify-{settings.Budget.ToString().ToLowerInvariant()}");
        var clock = Stopwatch.StartNew();
        VerificationReport report;
        try
        {
            var chosen = new VerificationSettings(settings.Budget, folder) { Seed = settings.Seed, Fresh = settings.Fresh, Parallel = settings.Parallel ?? Environment.ProcessorCount, Questions = questions };
            report = VerificationDisplay.Show(console, language, listener => new Verifier(bank, KnownLabs.Catalog).Run(chosen, listener, cancellationToken));
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine($"stopped; what was done is in {folder}, and the same command goes on from there");
            return Failures.Stopped;
        }

        if (settings.Json is { } file) VerificationReport.WriteJson(file, report.Entries);
        if (settings.Evidence is { } evidence) EvidenceTable.Write(evidence, report, $"gradus verify --{settings.Budget.ToString().ToLowerInvariant()}{(settings.Questions is null ? "" : $" --questions {settings.Questions}")} --seed {settings.Seed}");
        Summary(console, report, language, clock.Elapsed, folder);
        return report.AsExpected ? 0 : Failures.Failure;
    }

    private static void Summary(IAnsiConsole console, VerificationReport report, Language language, TimeSpan time, string folder)
    {
        int Count(QuestionState state) => report.Questions.Count(question => question.State == state);
        bool zh = language == Language.Chinese;
        console.WriteLine();
        foreach (var (lab, reason) in report.Missing) console.MarkupLineInterpolated($"[yellow]{lab}: {reason}[/]");
        int wrong = report.Entries.Count(entry => !entry.AsExpected), all = report.Questions.Count;
        string claims = zh
            ? $"{report.Entries.Count} 条论断：{report.Entries.Count(entry => entry.AsExpected && entry.Verdict == Outcome.Holds)} 条成立，{report.Entries.Count(entry => entry.AsExpected && entry.Verdict == Outcome.Refuted)} 条被推翻（常见的错误说法），{wrong} 条与预期不符"
            : $"{report.Entries.Count} claims: {report.Entries.Count(entry => entry.AsExpected && entry.Verdict == Outcome.Holds)} hold, {report.Entries.Count(entry => entry.AsExpected && entry.Verdict == Outcome.Refuted)} refuted as they should be, {wrong} not as expected";
        string questions = zh
            ? $"{all} 题中已证明 {Count(QuestionState.Proven)}，本预算下成立 {Count(QuestionState.Holds)}，不符 {Count(QuestionState.Fails)}，尚未证明 {Count(QuestionState.NotYetProven)}"
            : $"questions: {Count(QuestionState.Proven)} proven of {all}, {Count(QuestionState.Holds)} hold under this budget (a proof takes --full), {Count(QuestionState.Fails)} fail, {Count(QuestionState.NotYetProven)} not yet proven";
        console.MarkupLineInterpolated($"[bold]{claims}[/]");
        console.MarkupLineInterpolated($"[bold]{questions}[/]");
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{(zh ? "用时" : "took")} {time.TotalSeconds:0} s; {(zh ? "结果与图在" : "results and pictures are in")} {folder}");
    }

    internal sealed class Settings : BudgetSettings
    {
        [CommandOption("--questions <RANGE>")]
        [Description("Only the labs of these questions, such as 1-12 or 5,27,41.")]
        public string? Questions { get; init; }

        [CommandOption("--parallel <NUMBER>")]
        [Description("Labs that run at the same time, a thread each; as many as there are cores if not given.")]
        public int? Parallel { get; init; }

        [CommandOption("--evidence <FILE>")]
        [Description("Write a table of every claim with arms, figures and thresholds as Markdown.")]
        public string? Evidence { get; init; }

        [CommandOption("--lang <LANGUAGE>")]
        [Description(LanguageOption.Meaning)]
        public string? Language { get; init; }

        public override ValidationResult Validate() =>
            Parallel is < 1 or > 1024 ? ValidationResult.Error($"--parallel is at least 1 and at most 1024; got {Parallel}")
            : Questions is not null && QuestionRange.Obstacle(Questions) is { } fault ? ValidationResult.Error(fault)
            : Evidence?.Length == 0 ? ValidationResult.Error("--evidence is empty; it names the file")
            : LanguageOption.Obstacle(Language) is { } obstacle ? ValidationResult.Error(obstacle)
            : base.Validate();
    }
}
