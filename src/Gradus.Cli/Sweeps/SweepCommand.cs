using System.ComponentModel;
using System.Globalization;
using Gradus.Cli.Runs;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Gradus.Cli.Sweeps;

/// <summary><c>gradus sweep FILE</c>: one combination a process; what starts the processes is the cluster's business.</summary>
internal sealed class SweepCommand : Command<SweepCommand.Settings>
{
    private static readonly string[] IndexVariables = ["SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX"];

    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        var sweep = SweepFile.Read(settings.File, settings.Count);
        var console = Terminal.For(settings.Json);
        string folder = settings.Out ?? Path.Combine("runs", Path.GetFileNameWithoutExtension(settings.File));
        if (File.Exists(folder)) throw new UsageException($"'{folder}' is a file; --out names a folder");
        if (settings.List) return List(sweep, settings.Json, console);
        if (settings.Collect) return Collect(sweep, folder, settings.Json, console);
        return new SweepRun(sweep, settings.Index ?? IndexOfJob(), folder).Train(settings.Json, console, cancellationToken);
    }

    private static int List(SweepFile sweep, bool json, IAnsiConsole console)
    {
        if (json)
        {
            Json.Write(Enumerable.Range(0, sweep.Count).Select(index => new { index, arguments = sweep.Arguments(index) }));
            return 0;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumns(["index", .. sweep.Names.Select(Markup.Escape)]);
        for (int index = 0; index < sweep.Count; index++) table.AddRow([$"{index}", .. sweep.Values(index).Select(Markup.Escape)]);
        console.Write(table);
        return 0;
    }

    private static int Collect(SweepFile sweep, string folder, bool json, IAnsiConsole console)
    {
        var results = SweepResults.Collect(sweep, folder);
        if (results.Finished == 0) throw new UsageException($"no run of this sweep is finished in '{folder}'");
        string path = Path.Combine(folder, "results.json");
        RunFolder.WriteJson(path, results.Document);
        if (json)
        {
            Json.Write(results.Document);
            return 0;
        }

        console.Write(results.Table());
        console.WriteLine($"{results.Finished} of {sweep.Count} are finished; the table is also in {path}");
        return 0;
    }

    private static int IndexOfJob()
    {
        foreach (string variable in IndexVariables)
        {
            if (Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } value) continue;
            if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int index)) return index;
            throw new UsageException($"the environment variable {variable} is '{value}', and an index is a whole number of at least 0");
        }

        throw new UsageException($"which combination? Give --index, or run it as a job that sets {string.Join(" or ", IndexVariables)}");
    }

    internal sealed class Settings : CommandSettings
    {
        [CommandArgument(0, "<FILE>")]
        [Description("A JSON file: \"command\", a 'train' command line, and \"options\", for each option a list of values or a range such as {\"from\": 1e-4, \"to\": 1e-2, \"scale\": \"log\", \"count\": 5}. \"search\": \"random\" with a \"count\" and a \"seed\" draws combinations instead of taking all.")]
        public required string File { get; init; }

        [CommandOption("--index <NUMBER>")]
        [Description("Which combination to train, from 0; SLURM_ARRAY_TASK_ID or JOB_COMPLETION_INDEX if not given. One that was interrupted goes on, a finished one is left alone.")]
        public int? Index { get; init; }

        [CommandOption("--count <NUMBER>")]
        [Description("How many combinations a random search has, instead of what the file says; those with smaller numbers stay the same.")]
        public int? Count { get; init; }

        [CommandOption("--out <DIR>")]
        [Description("The folder of the runs, one inside for each index; runs/FILE if not given.")]
        public string? Out { get; init; }

        [CommandOption("--list")]
        [Description("Show the combinations and train none.")]
        public bool List { get; init; }

        [CommandOption("--collect")]
        [Description("Show the finished runs, the best validation accuracy first, and write them to results.json; train none.")]
        public bool Collect { get; init; }

        [CommandOption("--json")]
        [Description("Print one JSON document on standard output.")]
        public bool Json { get; init; }

        public override ValidationResult Validate() =>
            Index < 0 ? ValidationResult.Error($"--index is at least 0; got {Index}")
            : Count is < 1 or > SweepFile.Most ? ValidationResult.Error($"--count is from 1 to {SweepFile.Most}; got {Count}")
            : Out?.Length == 0 ? ValidationResult.Error("--out is empty; it names the folder of the runs")
            : (List ? 1 : 0) + (Collect ? 1 : 0) + (Index is null ? 0 : 1) > 1 ? ValidationResult.Error("--index, --list and --collect exclude each other")
            : ValidationResult.Success();
    }
}
