using Gradus.Metrics;
using Spectre.Console;

namespace Gradus.Cli.Tasks;

/// <summary>Tags of tokens: how many entities were found as they are, and how many tags are right.</summary>
internal sealed class TagReport(EntityF1 entities, double accuracy, double loss) : TestReport
{
    public override string Headline => $"test F1 of entities {entities.Overall.F1:0.00%}, accuracy of tags {accuracy:0.00%}";

    public override IReadOnlyList<(string Name, double Value)> Figures =>
    [
        ("test_f1", entities.Overall.F1), ("test_precision", entities.Overall.Precision), ("test_recall", entities.Overall.Recall), ("test_accuracy", accuracy), ("test_loss", loss),
    ];

    public override IReadOnlyList<(string Name, object? Value)> Details =>
        [("entities", entities.ByType.Select(pair => new { type = pair.Key, samples = pair.Value.Support, precision = pair.Value.Precision, recall = pair.Value.Recall, f1 = pair.Value.F1 }))];

    public override Table Table
    {
        get
        {
            var table = NewTable("entity", "number", "precision", "recall", "F1");
            foreach (var (type, score) in entities.ByType.Append(new KeyValuePair<string, ClassScore>("all", entities.Overall)))
                table.AddRow(Markup.Escape(type), $"{score.Support:N0}", $"{score.Precision:0.0%}", $"{score.Recall:0.0%}", $"{score.F1:0.000}");
            return table;
        }
    }
}
