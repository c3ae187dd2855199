using System.Numerics.Tensors;
using Gradus.Graph;
using Gradus.Layers;
using Gradus.Ops;
using Gradus.Schedules;
using Gradus.Training;

namespace Gradus.Labs.Convolution;

/// <summary>A 2x2 pool leaves a quarter of the positions and of the next layer's arithmetic; maximum, average and stride are three different ways to get there.</summary>
/// <remarks>
/// Cost is counted from the recorded operations. The three kinds are compared in networks alike in everything else: accuracy, accuracy lost under a
/// shift of the test pictures by two pixels, and how far their pooled maps move when the picture moves by one. Differences in accuracy are those at an equal
/// and small budget; the longer all are trained, the smaller they become. Scherer, Müller and Behnke
/// 2010, "Evaluation of pooling operations in convolutional architectures"; Springenberg et al. 2015, https://arxiv.org/abs/1412.6806; Zhang 2019,
/// https://arxiv.org/abs/1904.11486.
/// </remarks>
public sealed class PoolingKinds : Lab
{
    public enum Kind
    {
        Max,
        Average,
        Stride,
    }

    [Knob(1, 2, En = "stride of the pools; 1 lets windows overlap and lowers nothing", Zh = "池化的步幅；取 1 时窗口重叠，分辨率不降低")]
    public int Stride { get; init; } = 2;

    [Knob(En = "what the network compared with the one of maxima does instead", Zh = "与最大池化相比的另一网络采用什么")]
    public Kind Other { get; init; } = Kind.Average;

    public override Bilingual Title => ("Pooling quarters resolution and cost; maximum, average and stride differ", "池化把分辨率和计算量减到四分之一；最大、平均与步幅各不相同");

    public override IReadOnlyList<string> Data => [Sets.Fashion];

    public override IReadOnlyList<Preset> Presets =>
    [
        new("overlapping", ("Windows that move by one pixel: as many positions as before, and nothing saved.", "窗口每次只移一格：位置一个不少，计算量丝毫未减。"), ("stride", "1")),
        new("itself", ("A maximum compared with a maximum: no difference, as it must be.", "最大池化与自己比较：理应毫无差别。"), ("other", "max")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab) => [Cost(lab), Kinds(lab)];

    private Verdict Cost(LabContext lab)
    {
        var rows = Enum.GetValues<Kind>().Select(kind => (Kind: kind, Cost: Count(kind, Stride))).ToArray();
        var plain = Count(Kind.Max, stride: 1);
        Arm Share(Bilingual name, Func<(long Positions, long Next, long All), long> figure) =>
            new(name, [.. lab.Seeds.Select(_ => rows.Max(row => (double)figure(row.Cost) / figure(plain)))]); // counted, not drawn: the same for every seed
        var positions = Share(("positions, with pool over without", "位置数：有池化与无池化之比"), cost => cost.Positions);
        var next = Share(("multiply-adds of the next convolution, with pool over without", "下一层卷积的乘加次数之比"), cost => cost.Next);
        lab.Show(new ResultTable("cost", ("Positions and multiply-adds of a picture", "每张图的位置数与乘加次数"),
            [("between the convolutions", "两层卷积之间"), ("positions", "位置数"), ("next convolution", "下一层卷积"), ("all", "全部")],
            [
                [("nothing", "无"), $"{plain.Positions:N0}", $"{plain.Next:N0}", $"{plain.All:N0}"],
                .. rows.Select(row => (IReadOnlyList<Bilingual>)[NameOf(row.Kind), $"{row.Cost.Positions:N0}", $"{row.Cost.Next:N0}", $"{row.Cost.All:N0}"]),
            ]));
        return Verdict.Holds(
            "pooling-lowers-resolution-and-cost", [positions, next],
            Condition.Within(positions.Name, positions.Median, 0.25, 1e-9),
            Condition.Within(next.Name, next.Median, 0.25, 1e-9));
    }

    private static (long Positions, long Next, long All) Count(Kind kind, int stride)
    {
        var rows = ModelSummary.Of(Network(kind, new RandomSource(0), stride), [1, 28, 28]).Rows.Where(row => row.Operation.StartsWith("Convolution", StringComparison.Ordinal)).ToArray();
        var last = kind == Kind.Stride ? rows[2] : rows[1];
        return (last.Output[2] * last.Output[3], last.MultiplyAdds, rows.Sum(row => row.MultiplyAdds));
    }

    private Verdict Kinds(LabContext lab)
    {
        var (train, test) = lab.Load(Sets.Fashion);
        var learned = LabContext.Some(train, lab.Pick(1_500, 6_000, 15_000), seed: 0);
        var unseen = LabContext.Samples(LabContext.Some(test, lab.Pick(500, 2_000, 10_000), seed: 0));
        int epochs = lab.Pick(3, 3, 4);
        var found = new Dictionary<Kind, List<Figures>>();
        var lines = new List<ChartLine>();
        foreach (var kind in Enum.GetValues<Kind>())
        {
            found[kind] = [];
            lab.Measure(NameOf(kind), seed =>
            {
                var network = Network(kind, new RandomSource(seed), stride: 2);
                var batches = LabContext.Batches(learned, 64, shuffle: seed);
                lab.Fit(network, new Adam(network.Parameters, 2e-3f), batches, epochs, schedule: new OneCycleSchedule((long)epochs * batches.Count), line: NameOf(kind));
                double[] accuracy = [.. Enumerable.Range(0, 4).Select(shift => 100 * lab.Accuracy(network, new TensorBatches(PictureShift.Of(unseen.Inputs, 0, shift), unseen.Labels, 500)))];
                if (seed == lab.Seeds[0]) lines.Add(new ChartLine(NameOf(kind), [0, 1, 2, 3], accuracy));
                found[kind].Add(new Figures(accuracy[0], accuracy[0] - accuracy[2], Moved(network, unseen.Inputs.Slice(0, 0, 200))));
                return accuracy[0];
            });
        }

        lab.Show(new Chart("accuracy-by-shift", ("Accuracy on shifted test pictures", "平移后测试图像上的准确率"), ("shift (pixels)", "平移（像素）"), ("accuracy (%)", "准确率（%）"), lines));
        Arm Of(Kind kind, Bilingual what, Func<Figures, double> figure) => new(($"{NameOf(kind).En}: {what.En}", $"{NameOf(kind).Zh}：{what.Zh}"), [.. found[kind].Select(figure)]);
        Bilingual accuracy = ("accuracy (%)", "准确率（%）"), lost = ("accuracy lost by 2 pixels (points)", "平移 2 像素损失的准确率（百分点）"), moved = ("change of the pooled maps by 1 pixel", "平移 1 像素时池化图的变化");
        lab.Show(new ResultTable("kinds", ("Three ways to a quarter of the positions", "减到四分之一位置的三种办法"), [("way", "办法"), accuracy, lost, moved],
            [.. Enum.GetValues<Kind>().Select(kind => (IReadOnlyList<Bilingual>)[NameOf(kind), $"{Of(kind, accuracy, one => one.Accuracy).Median:f1}", $"{Of(kind, lost, one => one.Lost).Median:f1}", $"{Of(kind, moved, one => one.Moved).Median:f3}"])]));
        (Kind A, Kind B)[] pairs = [(Kind.Max, Other), (Kind.Max, Kind.Stride), (Other, Kind.Stride)];
        return Verdict.Holds(
            "max-and-average-differ",
            [.. Enum.GetValues<Kind>().SelectMany(kind => new[] { Of(kind, accuracy, one => one.Accuracy), Of(kind, lost, one => one.Lost) })],
            [.. pairs.Select(pair => Condition.AtLeast(
                ($"{NameOf(pair.A).En} and {NameOf(pair.B).En}: accuracy or loss under shift apart by (points)", $"{NameOf(pair.A).Zh}与{NameOf(pair.B).Zh}：准确率或平移损失之差（百分点）"),
                Math.Max(Apart(pair, accuracy, one => one.Accuracy), Apart(pair, lost, one => one.Lost)), 1))]);

        double Apart((Kind A, Kind B) pair, Bilingual what, Func<Figures, double> figure) => Math.Abs(Of(pair.A, what, figure).Median - Of(pair.B, what, figure).Median);
    }

    // How far the maps behind the first pool move for a picture moved by one pixel: the mean change over the mean size.
    private static double Moved(Sequential network, Tensor pictures)
    {
        using var _ = GradientMode.Off();
        Tensor Maps(Tensor x) => network.Layers[2].Forward(network.Layers[1].Forward(network.Layers[0].Forward(x)));
        var (here, there) = (Maps(pictures), Maps(PictureShift.Of(pictures, 0, 1)));
        return TensorPrimitives.Distance<float>(here.Span, there.Span) / TensorPrimitives.Norm<float>(here.Span);
    }

    private static Sequential Network(Kind kind, RandomSource random, int stride)
    {
        int once = stride == 1 ? 28 : 14, twice = stride == 1 ? 28 : 7;
        return new Sequential(
            new Conv2d(1, 16, 3, same: true, random: random), new Relu(), Pool(kind, 16, stride, random),     // [n, 16, 14, 14]
            new Conv2d(16, 32, 3, same: true, random: random), new Relu(), Pool(kind, 32, stride, random),    // [n, 32, 7, 7]
            new Flatten(), new Linear(32 * twice * twice, 10, random: random));
    }

    private static Layer Pool(Kind kind, int channels, int stride, RandomSource random)
    {
        var odd = stride == 1 ? new Padding2d(0, 0, 1, 1) : default; // overlapping windows keep every position
        return kind switch
        {
            Kind.Max => new MaxPool2d(2, stride, odd),
            Kind.Average => new AveragePool2d(2, stride, odd),
            _ => new Conv2d(channels, channels, 2, stride, odd, random: random),
        };
    }

    private static Bilingual NameOf(Kind kind) => kind switch
    {
        Kind.Max => ("maximum", "最大池化"),
        Kind.Average => ("average", "平均池化"),
        _ => ("strided convolution", "带步幅的卷积"),
    };

    private sealed record Figures(double Accuracy, double Lost, double Moved);
}
