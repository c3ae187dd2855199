using System.ComponentModel;
using System.Globalization;
using Gradus.Bank;
using Gradus.Kernels;
using Gradus.Labs;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Gradus.Cli.Labs;

/// <summary><c>gradus lab run SLUG</c>.</summary>
internal sealed class LabRunCommand : Command<LabRunCommand.Settings>
{
    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        var lab = KnownLabs.Make(settings.Lab, [.. PresetOf(settings), .. settings.Set.Select(Parse)]);
        if (settings.Threads is { } threads) Workers.Threads = threads;
        var (bank, language, console) = (KnownLabs.LoadBank(), LanguageOption.Of(settings.Language), Terminal.For(json: false));
        string folder = settings.Out ?? Path.Combine("runs", $"{lab.Slug}-{DateTime.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}");
        var runner = new LabRunner(NetworkCache.Default(settings.Fresh));
        console.MarkupLineInterpolated($"[bold]{lab.Slug}[/]: {lab.Title.In(language)}");
        var result = LiveChart.Show(console, language, listener => runner.Run(lab, new LabSettings(settings.Budget, folder, settings.Seed), listener, cancellationToken));
        foreach (var note in result.Notes) console.MarkupLineInterpolated($"[yellow]{note.In(language)}[/]");
        foreach (var table in result.Tables) WriteTable(console, table, language);
        if (result.Missing is { } missing) throw new InvalidDataException(missing);
        if (result.Failure is { } failure) throw new InvalidDataException($"{lab.Slug} broke off: {failure}");

        var entries = new Verifier(bank, KnownLabs.Catalog).Entries(lab, result);
        foreach (var entry in entries) VerdictLines.Write(console, entry, language);
        if (settings.Json is { } file) VerificationReport.WriteJson(file, entries);
        console.MarkupLineInterpolated($"{(language == Language.Chinese ? "图与结果在" : "pictures and result are in")} {folder}");
        return entries.All(entry => entry.AsExpected) ? 0 : Failures.Failure;
    }

    private static IReadOnlyList<(string Knob, string Value)> PresetOf(Settings settings)
    {
        if (settings.Preset is not { } name) return [];
        var presets = KnownLabs.Make(settings.Lab).Presets;
        return presets.FirstOrDefault(preset => preset.Name == name)?.Knobs ?? throw new UsageException(
            $"{settings.Lab} has no preset '{name}'; it has {(presets.Count == 0 ? "none" : string.Join(", ", presets.Select(preset => preset.Name)))}.{Suggestion.For(name, presets.Select(preset => preset.Name))}");
    }

    private static (string, string) Parse(string setting)
    {
        int equals = setting.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 ? (setting[..equals], setting[(equals + 1)..]) : throw new UsageException($"--set takes KNOB=VALUE; got '{setting}'");
    }

    private static void WriteTable(IAnsiConsole console, ResultTable result, Language language)
    {
        var table = new Table().Border(TableBorder.Simple).Title(Markup.Escape(result.Title.In(language)));
        foreach (var column in result.Columns) table.AddColumn(Markup.Escape(column.In(language)));
        foreach (var row in result.Rows) table.AddRow([.. row.Select(cell => Markup.Escape(cell.In(language)))]);
        console.Write(table);
    }

    internal sealed class Settings : BudgetSettings
    {
        [CommandArgument(0, "<LAB>")]
        [Description("The lab: see 'gradus lab list'.")]
        public required string Lab { get; init; }

        [CommandOption("--set <KNOB=VALUE>")]
        [Description("Turn a knob; may be given several times. See 'gradus lab show LAB'.")]
        public string[] Set { get; init; } = [];

        [CommandOption("--preset <NAME>")]
        [Description("Turn the knobs of a preset; --set goes on top of it.")]
        public string? Preset { get; init; }

        [CommandOption("--threads <NUMBER>")]
        [Description("Threads that share the work; all cores if not given.")]
        public int? Threads { get; init; }

        [CommandOption("--lang <LANGUAGE>")]
        [Description(LanguageOption.Meaning)]
        public string? Language { get; init; }

        public override ValidationResult Validate() =>
            Threads is < 1 or > 1024 ? ValidationResult.Error($"--threads is at least 1 and at most 1024; got {Threads}")
            : LanguageOption.Obstacle(Language) is { } obstacle ? ValidationResult.Error(obstacle)
            : base.Validate();
    }
}
