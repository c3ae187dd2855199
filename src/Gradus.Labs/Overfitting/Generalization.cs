using Gradus.Training;

namespace Gradus.Labs.Overfitting;

/// <summary>How well a trained network does on the pictures that it learnt from, and on others.</summary>
/// <param name="Train">Accuracy on the training pictures as they are, measured as in use: without dropout, without augmentation.</param>
/// <param name="Test">Accuracy on the test pictures.</param>
internal sealed record Generalization(double Train, double Test)
{
    public double Gap => Train - Test;

    public static Generalization Of(LabContext lab, Layer network, BatchSource train, BatchSource test) => new(lab.Accuracy(network, train), lab.Accuracy(network, test));

    /// <summary>The verdict on a remedy: by how much it narrows the gap, pair by pair of networks of the same seed, and that it does not pay for that with test accuracy.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="without">The networks without the remedy, one for each seed.</param>
    /// <param name="name">The remedy.</param>
    /// <param name="with">The networks with it.</param>
    /// <param name="narrower">By how much the gap must be narrower.</param>
    /// <param name="price">How much test accuracy may be lost: a gap also closes when a network learns nothing.</param>
    public static Verdict Narrows(string claim, IReadOnlyList<Generalization> without, Bilingual name, IReadOnlyList<Generalization> with, double narrower, double price)
    {
        Arm before = new(("gap without", "不加时的差距"), [.. without.Select(one => one.Gap)]), after = new(($"gap with {name.En}", $"加{name.Zh}后的差距"), [.. with.Select(one => one.Gap)]);
        double Median(Func<Generalization, Generalization, double> difference) => new Arm("", [.. without.Zip(with, difference)]).Median;
        return Verdict.Holds(claim, [before, after],
            Condition.AtLeast(("by how much the gap between training and test accuracy is narrower", "训练与测试准确率之差缩小了多少"), Median((one, other) => one.Gap - other.Gap), narrower),
            Condition.AtLeast(("test accuracy gained", "测试准确率提高了多少"), Median((one, other) => other.Test - one.Test), -price));
    }

    /// <summary>A table of medians over the seeds.</summary>
    public static void Show(LabContext lab, IReadOnlyList<(Bilingual Name, IReadOnlyList<Generalization> Networks, string Setting)> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Bilingual Percent(IReadOnlyList<Generalization> networks, Func<Generalization, double> value) =>
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{100 * new Arm("", [.. networks.Select(value)]).Median:F1} %");
        lab.Show(new ResultTable("accuracies", ("Accuracies, medians over the seeds", "准确率（各种子的中位数）"),
            [("network", "网络"), ("setting", "设置"), ("training", "训练"), ("test", "测试"), ("gap", "差距")],
            [.. rows.Select(row => (IReadOnlyList<Bilingual>)[row.Name, row.Setting, Percent(row.Networks, n => n.Train), Percent(row.Networks, n => n.Test), Percent(row.Networks, n => n.Gap)])]));
    }
}
