using System.ComponentModel;
using Gradus.Cli.Runs;
using Gradus.Cli.Tasks;
using Gradus.Zoo;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Gradus.Cli;

/// <summary><c>gradus evaluate RUN</c>.</summary>
internal sealed class EvaluateCommand : Command<EvaluateCommand.Settings>
{
    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        var console = Terminal.For(settings.Json);
        var run = TrainedRun.Open(settings.Run);
        string data = settings.Data ?? run.Description.Data;
        var test = run.Kind.Load(Architectures.Get(run.Description.Model), data, console, fallBack: false, cancellationToken);
        test.Require(run.Description);
        var report = test.Test(run, cancellationToken);
        if (settings.Json) WriteJson(run, data, test, report);
        else WriteTable(console, run, data, test, report);
        return 0;
    }

    private static void WriteTable(IAnsiConsole console, TrainedRun run, string data, TaskData test, TestReport report)
    {
        console.MarkupLineInterpolated($"[bold]{run.Description.Model}[/] on {data}: [bold]{report.Headline}[/], {test.TestCount:N0} samples");
        if (test.Note.Length > 0) console.WriteLine(test.Note);
        console.Write(report.Table);
    }

    private static void WriteJson(TrainedRun run, string data, TaskData test, TestReport report)
    {
        var document = new Dictionary<string, object?>
        {
            ["run"] = run.Folder.Path,
            ["model"] = run.Description.Model,
            ["data"] = data,
            ["note"] = test.Note,
            ["samples"] = test.TestCount,
        };
        foreach (var (name, value) in report.Figures) document[name] = Json.Finite(value);
        foreach (var (name, value) in report.Details) document[name] = value;
        Json.Write(document);
    }

    internal sealed class Settings : CommandSettings
    {
        [CommandArgument(0, "<RUN>")]
        [Description("The folder of a training, such as runs/first.")]
        public required string Run { get; init; }

        [CommandOption("--data <NAME|FOLDER|FILE>")]
        [Description("Another data set of the same kind, with the same classes; the run's own if not given.")]
        public string? Data { get; init; }

        [CommandOption("--json")]
        [Description("Print one JSON document instead of a table.")]
        public bool Json { get; init; }
    }
}
