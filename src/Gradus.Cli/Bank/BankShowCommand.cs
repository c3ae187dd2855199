using System.ComponentModel;
using Gradus.Bank;
using Gradus.Cli.Labs;
using Gradus.Labs;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Gradus.Cli.Bank;

/// <summary><c>gradus bank show N</c>.</summary>
internal sealed class BankShowCommand : Command<BankShowCommand.Settings>
{
    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        var (bank, language, console) = (KnownLabs.LoadBank(), LanguageOption.Of(settings.Language), Terminal.For(json: false));
        var question = bank.Find(settings.Number) ?? throw new UsageException($"there is no question {settings.Number}; the bank has {bank.Questions[0].Number} to {bank.Questions[^1].Number}, see 'gradus bank list'");
        var answer = question.In(language);
        console.MarkupLineInterpolated($"[bold]{question.Number}. {answer.Title}[/]");
        foreach (var section in settings.Short ? answer.Sections.Take(1) : answer.Sections)
        {
            console.WriteLine();
            console.Write(new Rule($"[bold]{Markup.Escape(section.Heading)}[/]") { Justification = Justify.Left, Style = Style.Parse("grey") });
            console.Write(MarkdownView.Render(section.Markdown));
        }

        WriteClaims(console, question, language);
        if (!settings.Short) WriteErrata(console, question, language);
        return 0;
    }

    private static void WriteClaims(IAnsiConsole console, Question question, Language language)
    {
        console.WriteLine();
        console.Write(new Rule(language == Language.Chinese ? "[bold]论断[/]" : "[bold]Claims[/]") { Justification = Justify.Left, Style = Style.Parse("grey") });
        foreach (var claim in question.Claims)
        {
            bool there = KnownLabs.Catalog.Contains(claim.Lab);
            console.MarkupLineInterpolated($"- {claim.Text.In(language)} [[{VerdictLines.Word(claim.Expected, language)}; {claim.Figure}]]");
            if (there) console.MarkupLineInterpolated($"  [grey]gradus lab run {claim.Lab}[/]");
            else console.MarkupLineInterpolated($"  [yellow]{(language == Language.Chinese ? "尚未证明：实验还没有写" : "not yet proven: its lab is still to come")}[/]");
        }
    }

    private static void WriteErrata(IAnsiConsole console, Question question, Language language)
    {
        if (question.Errata.Count == 0) return;
        bool zh = language == Language.Chinese;
        console.WriteLine();
        console.Write(new Rule(zh ? "[bold]勘误：常见答案错在哪里[/]" : "[bold]Errata: what common answers get wrong[/]") { Justification = Justify.Left, Style = Style.Parse("grey") });
        foreach (var erratum in question.Errata)
        {
            console.MarkupLineInterpolated($"[red]{(zh ? "误" : "wrong")}[/]  {erratum.Wrong.In(language)}");
            console.MarkupLineInterpolated($"[green]{(zh ? "正" : "right")}[/]  {erratum.Right.In(language)}");
            if (erratum.Shown.Lab is { } lab) console.MarkupLineInterpolated($"       [grey]gradus lab run {lab}[/]");
            else if (erratum.Shown.Text is { } text) console.MarkupLineInterpolated($"       [grey]{text.In(language)}[/]");
        }
    }

    internal sealed class Settings : CommandSettings
    {
        [CommandArgument(0, "<N>")]
        [Description("The question's number: see 'gradus bank list'.")]
        public int Number { get; init; }

        [CommandOption("--short")]
        [Description("Only the short answer and the claims.")]
        public bool Short { get; init; }

        [CommandOption("--lang <LANGUAGE>")]
        [Description(LanguageOption.Meaning)]
        public string? Language { get; init; }

        public override ValidationResult Validate() => LanguageOption.Obstacle(Language) is { } obstacle ? ValidationResult.Error(obstacle) : ValidationResult.Success();
    }
}
