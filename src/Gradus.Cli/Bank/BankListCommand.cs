using System.ComponentModel;
using Gradus.Cli.Labs;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Gradus.Cli.Bank;

/// <summary><c>gradus bank list</c>.</summary>
internal sealed class BankListCommand : Command<BankListCommand.Settings>
{
    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        var (bank, language) = (KnownLabs.LoadBank(), LanguageOption.Of(settings.Language));
        if (settings.Json)
        {
            Json.Write(bank.Questions.Select(question => new
            {
                number = question.Number,
                section = question.Section,
                title_en = question.Title.En,
                title_zh = question.Title.Zh,
                topics = question.Topics,
                claims = question.Claims.Select(claim => new { id = claim.Id, en = claim.Text.En, zh = claim.Text.Zh, expected = claim.Expected.ToString().ToLowerInvariant(), figure = claim.Figure, lab = claim.Lab, proven_by_a_lab = KnownLabs.Catalog.Contains(claim.Lab) }),
                errata = question.Errata.Count,
            }));
            return 0;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumns("", "question", "claims", "errata");
        table.Columns[0].RightAligned();
        table.Columns[2].RightAligned();
        table.Columns[3].RightAligned();
        foreach (var question in bank.Questions) table.AddRow($"[bold]{question.Number}[/]", Markup.Escape(question.In(language).Title), $"{question.Claims.Count}", $"{question.Errata.Count}");
        Terminal.For(json: false).Write(table);
        Terminal.For(json: false).MarkupLineInterpolated($"[grey]gradus bank show N; {bank.Questions.Count} questions, {bank.Questions.SelectMany(question => question.Claims).Distinct().Count()} claims, {bank.Questions.Sum(question => question.Errata.Count)} errata[/]");
        return 0;
    }

    internal sealed class Settings : CommandSettings
    {
        [CommandOption("--lang <LANGUAGE>")]
        [Description(LanguageOption.Meaning)]
        public string? Language { get; init; }

        [CommandOption("--json")]
        [Description("Print one JSON document instead of a table.")]
        public bool Json { get; init; }

        public override ValidationResult Validate() => LanguageOption.Obstacle(Language) is { } obstacle ? ValidationResult.Error(obstacle) : ValidationResult.Success();
    }
}
