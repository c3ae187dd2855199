using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Gradus.Cli.Labs;

/// <summary><c>gradus lab list</c>.</summary>
internal sealed class LabListCommand : Command<LabListCommand.Settings>
{
    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        var bank = KnownLabs.LoadBank();
        var labs = KnownLabs.Catalog.All.Select(lab => (Lab: lab, Questions: bank.QuestionsOf(lab))).ToArray();
        if (settings.Json)
        {
            Json.Write(labs.Select(entry => new { name = entry.Lab.Slug, title_en = entry.Lab.Title.En, title_zh = entry.Lab.Title.Zh, questions = entry.Questions, data = entry.Lab.Data }));
            return 0;
        }

        var language = LanguageOption.Of(settings.Language);
        var table = new Table().Border(TableBorder.Simple).AddColumns("lab", "questions", "what it shows");
        foreach (var (lab, questions) in labs.OrderBy(entry => entry.Questions.FirstOrDefault(int.MaxValue)))
            table.AddRow($"[bold]{lab.Slug}[/]", string.Join(", ", questions), Markup.Escape(lab.Title.In(language)));
        Terminal.For(json: false).Write(table);
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
