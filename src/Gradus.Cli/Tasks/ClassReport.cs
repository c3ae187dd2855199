using Gradus.Cli.Runs;
using Gradus.Metrics;
using Gradus.Plots;
using Spectre.Console;

namespace Gradus.Cli.Tasks;

/// <summary>One class for each sample: the accuracy, and which class was taken for which.</summary>
internal class ClassReport(IReadOnlyList<string> names, ConfusionMatrix confusion, double loss) : TestReport
{
    public override string Headline => $"test accuracy {confusion.Accuracy:0.00%}";

    public override IReadOnlyList<(string Name, double Value)> Figures => [("test_accuracy", confusion.Accuracy), ("test_loss", loss)];

    public override IReadOnlyList<(string Name, object? Value)> Details =>
    [
        ("classes", names.Select((name, label) => new { name, precision = confusion.Precision(label), recall = confusion.Recall(label), f1 = confusion.F1(label) })),
        ("confusion", names.Select((_, label) => names.Select((_, predicted) => confusion[label, predicted]))),
    ];

    public override Table Table
    {
        get
        {
            var table = NewTable("class", "samples", "precision", "recall", "F1");
            for (int label = 0; label < names.Count; label++)
            {
                long samples = names.Select((_, predicted) => confusion[label, predicted]).Sum();
                table.AddRow(Markup.Escape(names[label]), $"{samples:N0}", $"{confusion.Precision(label):0.0%}", $"{confusion.Recall(label):0.0%}", $"{confusion.F1(label):0.000}");
            }

            return table;
        }
    }

    public override IReadOnlyList<string> WritePictures(RunFolder folder, string title)
    {
        var counts = new int[names.Count, names.Count];
        for (int i = 0; i < names.Count; i++)
        {
            for (int j = 0; j < names.Count; j++) counts[i, j] = (int)confusion[i, j];
        }

        ConfusionPlot.Save(folder.Confusion, counts, names, title);
        return [Path.GetFileName(folder.Confusion)];
    }
}
