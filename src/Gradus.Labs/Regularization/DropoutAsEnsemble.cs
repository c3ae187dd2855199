using System.Numerics.Tensors;

namespace Gradus.Labs.Regularization;

/// <summary>A network trained with dropout and used without masks predicts about what the average over many masks predicts, and better than one mask.</summary>
/// <remarks>
/// One trained network answers the same test pictures in three ways: all units present; one random mask in each layer; the class probabilities
/// averaged over many masks, each of which is another subnetwork with the same weights. Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov
/// 2014, "Dropout", section 7.5; Baldi and Sadowski 2013, "Understanding dropout".
/// </remarks>
public sealed class DropoutAsEnsemble : Lab
{
    [Knob(0, 0.9, En = "the probability of dropping a unit, in training and for the masks", Zh = "单元被丢弃的概率，训练与取掩码时相同")]
    public double Rate { get; init; } = 0.5;

    [Knob(2, 500, En = "masks that are averaged; a smaller budget takes fewer", Zh = "求平均的掩码个数；预算较小时取得更少")]
    public int Masks { get; init; } = 100;

    public override Bilingual Title => ("The network without masks is close to the average over masks, and better than any one of them", "不加掩码的网络接近于对大量掩码求平均，也优于任何单个掩码");

    public override IReadOnlyList<string> Data => [Sets.Fashion];

    public override IReadOnlyList<Preset> Presets =>
    [
        new("no-dropout", ("Rate 0: one subnetwork only, nothing to average; a single mask is as good as none, and the claim fails.", "丢弃率 0：只有一个子网络，无从平均；单个掩码与不加掩码毫无分别，论断不成立。"), ("rate", "0")),
        new("four-in-five", ("Rate 0.8: a single mask leaves a fifth of the units and answers much worse; their average is still good.", "丢弃率 0.8：单个掩码只留五分之一的单元，明显变差；它们的平均依然不错。"), ("rate", "0.8")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var (all, tests) = lab.Load(Sets.Fashion);
        var training = DropoutNetwork.Pictures(lab, all);
        var (pictures, labels) = LabContext.Samples(LabContext.Some(tests, lab.Pick(500, 1000, 2000), seed: 0));
        int masks = Math.Min(Masks, lab.Pick(15, 40, Masks));
        var found = lab.Seeds.Select(seed => Answer(DropoutNetwork.Trained(lab, training, Rate, seed), pictures, labels, masks)).ToArray();

        Arm Arm(Bilingual name, Func<Answers, double> value) => new(name, [.. found.Select(value)]);
        var plain = Arm(("accuracy without masks", "不加掩码的准确率"), a => a.Plain);
        var single = Arm(("accuracy of one mask, mean of all", "单个掩码的准确率（均值）"), a => a.Singles.Average());
        var average = Arm(("accuracy of the average over masks", "掩码平均的准确率"), a => a.Averages[^1]);
        var far = Arm(("mean difference of a class probability, without masks against the average", "类别概率的平均差：不加掩码与掩码平均"), a => a.Difference);
        var farSingle = Arm(("the same, one mask against the average", "同上：单个掩码与掩码平均"), a => a.SingleDifference);
        double[] counts = [.. Enumerable.Range(1, masks).Select(i => (double)i)];
        lab.Show(new Chart("accuracy-by-masks", ("Accuracy of the average over masks", "对掩码求平均的准确率"), ("masks averaged", "参与平均的掩码数"), ("test accuracy", "测试准确率"),
            [new ChartLine(("average over masks", "掩码平均"), counts, found[0].Averages), new ChartLine(("without masks", "不加掩码"), counts, [.. counts.Select(_ => found[0].Plain)]), new ChartLine(("each mask alone", "各个掩码单独"), counts, found[0].Singles)])
        { LogX = true });
        return
        [
            Verdict.Holds("dropout-acts-as-an-ensemble", [plain, average, single, far, farSingle],
                Condition.Within(("accuracy without masks less that of the average", "不加掩码与掩码平均的准确率之差"), Arm("", a => a.Plain - a.Averages[^1]).Median, 0, lab.Pick(0.02, 0.015, 0.01)),
                Condition.AtLeast(("accuracy without masks less that of one mask", "不加掩码与单个掩码的准确率之差"), Arm("", a => a.Plain - a.Singles.Average()).Median, 0.005),
                Condition.AtLeast(("how many times farther from the average one mask is than no mask", "单个掩码与掩码平均的距离是不加掩码时的几倍"), Arm("", a => a.SingleDifference / a.Difference).Median, lab.Pick(1.5, 1.5, 2))),
        ];
    }

    private sealed record Answers(double Plain, double[] Singles, double[] Averages, double Difference, double SingleDifference);

    private static Answers Answer(Layers.Sequential network, Tensor pictures, IntTensor labels, int masks)
    {
        network.Evaluate();
        float[] plain = DropoutNetwork.Probabilities(network, pictures), sum = new float[plain.Length], first = [];
        var (singles, averages) = (new double[masks], new double[masks]);
        DropoutNetwork.KeepDropping(network);
        for (int i = 0; i < masks; i++)
        {
            float[] one = DropoutNetwork.Probabilities(network, pictures);
            if (i == 0) first = one;
            TensorPrimitives.Add<float>(sum, one, sum);
            (singles[i], averages[i]) = (Accuracy(one, labels), Accuracy(sum, labels));
        }

        TensorPrimitives.Divide(sum, masks, sum);
        return new Answers(Accuracy(plain, labels), singles, averages, Distance(plain, sum), Distance(first, sum));
    }

    private static double Accuracy(float[] probabilities, IntTensor labels)
    {
        int classes = probabilities.Length / labels.Shape[0], correct = 0;
        for (int i = 0; i < labels.Shape[0]; i++)
            if (TensorPrimitives.IndexOfMax<float>(probabilities.AsSpan(i * classes, classes)) == labels.Span[i]) correct++;
        return (double)correct / labels.Shape[0];
    }

    private static double Distance(float[] a, float[] b) => a.Zip(b, (p, q) => Math.Abs((double)p - q)).Average();
}
