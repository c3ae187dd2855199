using System.ComponentModel;
using Gradus.Bank;
using Gradus.Cli.Labs;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Gradus.Cli.Bank;

/// <summary><c>gradus bank search TEXT</c>.</summary>
internal sealed class BankSearchCommand : Command<BankSearchCommand.Settings>
{
    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        var (bank, language, console) = (KnownLabs.LoadBank(), LanguageOption.Of(settings.Language), Terminal.For(json: false));
        var hits = BankSearch.Find(bank, settings.Text, language);
        foreach (var (question, excerpt) in hits)
        {
            console.MarkupLineInterpolated($"[bold]{question.Number}. {question.In(language).Title}[/]");
            console.MarkupLineInterpolated($"    [grey]{excerpt}[/]");
        }

        if (hits.Count > 0) return 0;
        Console.Error.WriteLine($"gradus: no question holds '{settings.Text}'");
        return Failures.Failure;
    }

    internal sealed class Settings : CommandSettings
    {
        [CommandArgument(0, "<TEXT>")]
        [Description("Words that questions and answers are searched for; all of them must be there.")]
        public required string Text { get; init; }

        [CommandOption("--lang <LANGUAGE>")]
        [Description(LanguageOption.Meaning)]
        public string? Language { get; init; }

        public override ValidationResult Validate() =>
            string.IsNullOrWhiteSpace(Text) ? ValidationResult.Error("the text to search for is empty")
            : LanguageOption.Obstacle(Language) is { } obstacle ? ValidationResult.Error(obstacle)
            : ValidationResult.Success();
    }
}
