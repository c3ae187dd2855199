using System.ComponentModel;
using Gradus.Cli.DataSets;
using Gradus.Cli.Runs;
using Gradus.Data;
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
        var (_, test) = LoadedData.Load(data, console, fallBack: false, cancellationToken);
        run.Require(test);
        var report = TestReport.Of(run.Model, test, run.Normalization, cancellationToken);
        if (settings.Json) WriteJson(run, data, test, report);
        else WriteTable(console, run, data, test, report);
        return 0;
    }

    private static void WriteTable(IAnsiConsole console, TrainedRun run, string data, Dataset test, TestReport report)
    {
        console.MarkupLineInterpolated($"[bold]{run.Description.Model}[/] on {data}: test accuracy [bold]{report.Accuracy:0.00%}[/], loss {report.Loss:0.0000}, {test.Count:N0} samples");
        if (test.Note.Length > 0) console.WriteLine(test.Note);
        var table = new Table().Border(TableBorder.Simple).AddColumns("class", "samples", "precision", "recall", "F1");
        for (int column = 1; column <= 4; column++) table.Columns[column].RightAligned();
        int[] samples = test.CountPerClass();
        for (int label = 0; label < test.Classes; label++)
        {
            var (precision, recall, f1) = (report.Confusion.Precision(label), report.Confusion.Recall(label), report.Confusion.F1(label));
            table.AddRow(Markup.Escape(test.ClassNames[label]), $"{samples[label]:N0}", $"{precision:0.0%}", $"{recall:0.0%}", $"{f1:0.000}");
        }

        console.Write(table);
    }

    private static void WriteJson(TrainedRun run, string data, Dataset test, TestReport report) => Json.Write(new
    {
        run = run.Folder.Path,
        model = run.Description.Model,
        data,
        note = test.Note,
        samples = test.Count,
        test_accuracy = report.Accuracy,
        test_loss = Json.Finite(report.Loss),
        classes = Enumerable.Range(0, test.Classes).Select(label => new
        {
            name = test.ClassNames[label],
            precision = report.Confusion.Precision(label),
            recall = report.Confusion.Recall(label),
            f1 = report.Confusion.F1(label),
        }),
        confusion = Enumerable.Range(0, test.Classes).Select(label => Enumerable.Range(0, test.Classes).Select(predicted => report.Confusion[label, predicted])),
    });

    internal sealed class Settings : CommandSettings
    {
        [CommandArgument(0, "<RUN>")]
        [Description("The folder of a training, such as runs/first.")]
        public required string Run { get; init; }

        [CommandOption("--data <NAME|FOLDER>")]
        [Description("Another data set with pictures of the same shape and the same classes; the run's own if not given.")]
        public string? Data { get; init; }

        [CommandOption("--json")]
        [Description("Print one JSON document instead of a table.")]
        public bool Json { get; init; }
    }
}
