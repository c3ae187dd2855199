using System.Globalization;
using Gradus.Data;
using Gradus.Layers;

namespace Gradus.Labs.Overfitting;

/// <summary>Copies of test samples among the training samples raise the measured accuracy, and not that on clean data.</summary>
/// <remarks>
/// A perceptron is trained until it knows its pictures by heart. In the leaking arm some training pictures are replaced by copies of test
/// pictures, so that the number stays. Both networks are measured on that test set and on a clean one that nothing was copied from; all
/// pictures come from one set, shuffled. Kaufman, Rosset, Perlich and Stitelman 2012, "Leakage in data mining"; Barz and Denzler 2020,
/// https://arxiv.org/abs/1902.00423.
/// </remarks>
public sealed class Leakage : Lab
{
    [Knob(0, 1, En = "share of the test pictures that have a copy among the training pictures", Zh = "测试图片中有副本混入训练集的比例")]
    public double LeakedShare { get; init; } = 0.3;

    [Knob(1, 100, En = "passes over the training pictures", Zh = "遍历训练图片的轮数")]
    public int Epochs { get; init; } = 30;

    public override Bilingual Title => ("Copies of test pictures in training raise the measured accuracy, not the true one", "训练集里混入测试图片的副本，抬高的是测得的准确率，而非真实准确率");

    public override IReadOnlyList<string> Data => [Sets.Fashion];

    public override IReadOnlyList<Preset> Presets =>
    [
        new("all-leaked", ("Every test picture was trained on: the measurement says nearly 100 %, and nothing at all about new pictures.", "每张测试图片都训练过：测得接近 100%，却对新图片什么也没说。"), ("leaked-share", "1")),
        new("one-epoch", ("A single pass: the network has learnt no picture by heart yet, so that the copies help the measurement little. Leakage hides overfitting, and there is none yet.", "只训练一轮：网络还没有记住任何图片，副本对测量帮助不大。泄漏掩盖的是过拟合，而此时尚无过拟合。"), ("epochs", "1")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var all = lab.Load(Sets.Fashion).Train;
        double[] shares = [.. lab.Pick<double[]>([0], [0, 0.5, 1], [0, 0.2, 0.5, 0.75, 1]).Append(LeakedShare).Distinct().Order()];
        var readings = lab.Seeds.Select(seed => shares.Select(share => Train(lab, all, share, seed)).ToArray()).ToArray();
        int clean = Array.IndexOf(shares, 0), leaking = Array.IndexOf(shares, LeakedShare);

        Arm Arm(Bilingual name, int share, Func<Readings, double> value) => new(name, [.. readings.Select(seed => seed[share].Pick(value))]);
        Arm measured = Arm(("measured accuracy, nothing leaked", "测得的准确率，无泄漏"), clean, r => r.Measured), measuredLeaking = Arm(("measured accuracy, with leaked copies", "测得的准确率，有副本泄漏"), leaking, r => r.Measured);
        Arm truth = Arm(("accuracy on clean pictures, nothing leaked", "干净图片上的准确率，无泄漏"), clean, r => r.Clean), truthLeaking = Arm(("accuracy on clean pictures, with leaked copies", "干净图片上的准确率，有副本泄漏"), leaking, r => r.Clean);
        double Difference(Arm with, Arm without) => new Arm("", [.. with.Values.Zip(without.Values, (a, b) => a - b)]).Median;
        Draw(lab, shares, readings[0]);
        return
        [
            Verdict.Holds("leakage-hides-overfitting", [measured, measuredLeaking, truth, truthLeaking],
                Condition.AtLeast(("by how much the measured accuracy rises", "测得的准确率上升多少"), Difference(measuredLeaking, measured), 0.02),
                Condition.AtMost(("by how much the accuracy on clean pictures rises", "干净图片上的准确率上升多少"), Difference(truthLeaking, truth), lab.Pick(0.03, 0.015, 0.01)),
                Condition.AtLeast(("gap between training and clean pictures that the measurement hides a part of", "测量所掩盖的那个差距：训练与干净图片之差"), new Arm("", [.. readings.Select(seed => seed[leaking].Train - seed[leaking].Clean)]).Median, 0.05)),
        ];
    }

    private sealed record Readings(double Train, double Measured, double Clean)
    {
        public double Pick(Func<Readings, double> value) => value(this);
    }

    private Readings Train(LabContext lab, Dataset all, double share, ulong seed)
    {
        lab.Stage((string.Create(CultureInfo.InvariantCulture, $"{share:P0} leaked, seed {seed}"), string.Create(CultureInfo.InvariantCulture, $"泄漏 {share:P0}，种子 {seed}")));
        var (test, clean, training) = lab.Pick((300, 1500, 600), (500, 3000, 1000), (1000, 6000, 2000));
        int[] order = new RandomSource(seed).Permutation(all.Count);
        int leaked = (int)Math.Round(share * test);
        var tests = new Subset(all, order[..test]);
        var others = new Subset(all, order[test..(test + clean)]);
        int[] own = order[(test + clean)..(test + clean + training)];
        var known = new Subset(all, [.. order[..leaked], .. own[leaked..]]); // as many as without
        var random = new RandomSource(seed);
        var network = new Sequential(new Flatten(), new Linear(28 * 28, 128, random: random), new Relu(), new Linear(128, 10, random: random));
        lab.Fit(network, new Adam(network.Parameters, 2e-3f), LabContext.Batches(known, 50, seed), Math.Min(Epochs, lab.Pick(15, 20, Epochs)));
        double Accuracy(Dataset set) => lab.Accuracy(network, LabContext.Batches(set, 250));
        return new Readings(Accuracy(known), Accuracy(tests), Accuracy(others));
    }

    private static void Draw(LabContext lab, double[] shares, Readings[] readings)
    {
        ChartLine Line(Bilingual name, Func<Readings, int, double> value) => new(name, shares, [.. readings.Select(value)]);
        lab.Show(new Chart("accuracy-by-share", ("Accuracy against the share of test pictures that leaked", "准确率与测试图片泄漏比例"), ("share of test pictures with a copy in training", "训练集中有副本的测试图片比例"), ("accuracy", "准确率"),
        [
            Line(("measured on the leaking test set", "在泄漏的测试集上测得"), (r, _) => r.Measured),
            Line(("copies right, the others as clean pictures", "副本全对、其余同干净图片"), (r, i) => shares[i] * r.Train + (1 - shares[i]) * r.Clean),
            Line(("clean pictures", "干净图片"), (r, _) => r.Clean), Line(("training pictures", "训练图片"), (r, _) => r.Train),
        ]));
    }
}
