using System.ComponentModel;
using Gradus.Labs;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Gradus.Cli.Labs;

/// <summary><c>gradus lab show SLUG</c>.</summary>
internal sealed class LabShowCommand : Command<LabShowCommand.Settings>
{
    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        var lab = KnownLabs.Make(settings.Lab);
        var console = Terminal.For(json: false);
        if (settings.Source)
        {
            Console.Out.Write(LabCatalog.Source(lab) ?? throw new InvalidDataException($"the source of {lab.Slug} is not in the program"));
            return 0;
        }

        var (bank, language) = (KnownLabs.LoadBank(), LanguageOption.Of(settings.Language));
        console.MarkupLineInterpolated($"[bold]{lab.Slug}[/]: {lab.Title.In(language)}");
        if (lab.Data.Count > 0) console.MarkupLineInterpolated($"data: {string.Join(", ", lab.Data)}");
        foreach (var claim in bank.Questions.SelectMany(question => question.Claims).Where(claim => claim.Lab == lab.Slug).Distinct())
        {
            console.WriteLine();
            console.MarkupLineInterpolated($"[bold]{claim.Id}[/] ({VerdictLines.Word(claim.Expected, language)}; {(language == Language.Chinese ? "题" : "questions")} {string.Join(", ", bank.QuestionsOf(claim))})");
            console.MarkupLineInterpolated($"  {claim.Text.In(language)}");
            console.MarkupLineInterpolated($"  [grey]{claim.Figure}[/]");
        }

        WriteKnobs(console, lab, language);
        WritePresets(console, lab, language);
        return 0;
    }

    private static void WriteKnobs(IAnsiConsole console, Lab lab, Language language)
    {
        var knobs = Knob.Of(lab.GetType());
        if (knobs.Count == 0) return;
        var table = new Table().Border(TableBorder.Simple).AddColumns("knob", "value", "range", "meaning");
        foreach (var knob in knobs) table.AddRow($"[bold]{knob.Name}[/]", Markup.Escape(knob.Get(lab)), Markup.Escape(knob.Range), Markup.Escape(knob.Meaning.In(language)));
        console.Write(table);
    }

    private static void WritePresets(IAnsiConsole console, Lab lab, Language language)
    {
        foreach (var preset in lab.Presets)
        {
            console.MarkupLineInterpolated($"[bold]--preset {preset.Name}[/]  ({string.Join(", ", preset.Knobs.Select(knob => $"{knob.Knob}={knob.Value}"))})");
            console.MarkupLineInterpolated($"  {preset.Comment.In(language)}");
        }
    }

    internal sealed class Settings : CommandSettings
    {
        [CommandArgument(0, "<LAB>")]
        [Description("The lab: see 'gradus lab list'.")]
        public required string Lab { get; init; }

        [CommandOption("--source")]
        [Description("Print the lab's C# source instead.")]
        public bool Source { get; init; }

        [CommandOption("--lang <LANGUAGE>")]
        [Description(LanguageOption.Meaning)]
        public string? Language { get; init; }

        public override ValidationResult Validate() => LanguageOption.Obstacle(Language) is { } obstacle ? ValidationResult.Error(obstacle) : ValidationResult.Success();
    }
}
