using Gradus.Graph;
using Gradus.Layers;

namespace Gradus.Labs.Convolution;

/// <summary>Pooling has no parameters and saves the convolutions none; what shrinks is the dense layer that reads all positions after it.</summary>
/// <remarks>
/// Networks of random settings (channels, kernels, depth, picture size) are built twice, with windows of pooling and with windows of one pixel,
/// and their parameters are counted operation by operation. A third network of the same convolutions ends in a global average: there the dense
/// layer, too, has as many parameters with pooling as without. What pooling does save is arithmetic, which the table shows. Lin, Chen and Yan
/// 2014, https://arxiv.org/abs/1312.4400, section 3.2.
/// </remarks>
public sealed class PoolingParameters : Lab
{
    [Knob(1, 4, En = "side of the pooling windows of the pictures below; the verdict draws 2 to 4", Zh = "下方图表中池化窗口的边长；裁决时在 2 到 4 之间随机抽取")]
    public int Window { get; init; } = 2;

    [Knob(En = "whether a convolution as wide as its stride takes the pool's place", Zh = "是否用步幅等于核边长的卷积代替池化")]
    public bool LearnedPooling { get; init; }

    [Knob(En = "whether a global average stands before the dense layer", Zh = "全连接层之前是否有全局平均池化")]
    public bool GlobalAverage { get; init; }

    public override Bilingual Title => ("Pooling has no parameters of its own and saves the convolutions none", "池化自身没有参数，也不减少卷积层的参数");

    public override IReadOnlyList<Preset> Presets =>
    [
        new("learned", ("A strided convolution shrinks the maps as well, but has weights: what is true of pooling is not true of it.", "带步幅的卷积同样缩小特征图，但它有权重：关于池化的结论对它不成立。"), ("learned-pooling", "true")),
        new("global", ("With a global average before the dense layer pooling saves not one parameter anywhere.", "全连接层之前若有全局平均，池化在任何地方都省不下一个参数。"), ("global-average", "true")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        int networks = lab.Pick(20, 100, 300);
        var found = lab.Seeds.Select(seed =>
        {
            var random = new RandomSource(seed);
            return Enumerable.Range(0, networks).Select(_ => Design.Draw(random)).Select(design => Compare(design)).ToArray();
        }).ToArray();

        Arm Worst(Bilingual name, Func<Counts, Counts, double> figure) =>
            new(name, [.. found.Select(pairs => pairs.Max(pair => figure(pair.Pooled, pair.Plain)))]);

        var ownParameters = Worst(("parameters of the pooling layers", "池化层自身的参数"), (pooled, _) => pooled.Pools);
        var saved = Worst(("parameters of the convolutions, without pooling minus with", "卷积层参数：不带减带池化"), (pooled, plain) => Math.Abs(plain.Convolutions - pooled.Convolutions));
        var dense = new Arm(("weights of the dense layer, without pooling over with (least)", "全连接层权重：不带与带池化之比（最小值）"),
            [.. found.Select(pairs => pairs.Min(pair => (double)pair.Plain.DenseWeights / pair.Pooled.DenseWeights))]);

        ShowLayers(lab);
        return
        [
            Verdict.Refutes(
                "pooling-has-parameters-to-save", [ownParameters, saved, dense],
                Condition.AtMost(ownParameters.Name, ownParameters.Median, 0),
                Condition.AtMost(saved.Name, saved.Median, 0),
                Condition.AtLeast(dense.Name, dense.Median, 4)), // two pools of 2x2 leave a sixteenth at most where sizes are even, one a quarter
        ];
    }

    private (Counts Pooled, Counts Plain) Compare(Design design) => (Count(design, design.Window), Count(design, 1));

    private Counts Count(Design design, int window)
    {
        var random = new RandomSource(0);
        var layers = new List<Layer>();
        var (convolutions, pools, channels, side) = (new List<Layer>(), new List<Layer>(), 3, design.Side);
        for (int stage = 0; stage < design.Stages; stage++)
        {
            int outputs = design.Channels << stage;
            convolutions.Add(new Conv2d(channels, outputs, design.Kernel, same: true, random: random));
            pools.Add(LearnedPooling && window > 1 ? new Conv2d(outputs, outputs, window, window, random: random) : new MaxPool2d(window));
            layers.AddRange([convolutions[^1], new Relu(), pools[^1]]);
            (channels, side) = (outputs, side / window);
        }

        var dense = new Linear(channels * (GlobalAverage ? 1 : side * side), 10, random: random);
        if (GlobalAverage) layers.Add(new GlobalAveragePool2d());
        var summary = ModelSummary.Of(new Sequential([.. layers, new Flatten(), dense]), [3, design.Side, design.Side]); // fails where the sizes do not fit
        return new Counts(convolutions.Sum(Parameters), pools.Sum(Parameters), dense.Weight.Count, summary.MultiplyAdds);
    }

    private static long Parameters(Layer layer) => layer.Parameters.Sum(parameter => (long)parameter.Count);

    private void ShowLayers(LabContext lab)
    {
        var design = new Design(Side: 32, Stages: 2, Channels: 32, Kernel: 3, Window);
        int[] windows = [1, 2, 3, 4];
        var counts = windows.Select(window => Count(design, window)).ToArray();
        ChartLine Line(Bilingual name, Func<Counts, long> count) => new(name, [.. windows.Select(window => (double)window)], [.. counts.Select(one => (double)Math.Max(1, count(one)))]);
        lab.Show(new Chart(
            "parameters-by-window", ("Parameters by kind of layer, pictures of 32x32x3", "各类层的参数量，32x32x3 图像"),
            ("side of the pooling window", "池化窗口边长"), ("parameters", "参数量"),
            [Line(("convolutions", "卷积层"), one => one.Convolutions), Line(("pools (0 is drawn at 1)", "池化层（0 画在 1 处）"), one => one.Pools), Line(("dense layer", "全连接层"), one => one.DenseWeights)])
        { LogY = true });
        lab.Show(new ResultTable(
            "what-pooling-saves", ("What pooling saves, and what not", "池化省下了什么，没省下什么"),
            [("window", "窗口"), ("convolutions: parameters", "卷积层参数"), ("pools: parameters", "池化层参数"), ("dense: weights", "全连接权重"), ("multiply-adds of a picture", "每张图的乘加次数")],
            [.. windows.Select((window, i) => (IReadOnlyList<Bilingual>)[$"{window}x{window}", $"{counts[i].Convolutions:N0}", $"{counts[i].Pools:N0}", $"{counts[i].DenseWeights:N0}", $"{counts[i].MultiplyAdds:N0}"])]));
    }

    private sealed record Counts(long Convolutions, long Pools, long DenseWeights, long MultiplyAdds);

    private sealed record Design(int Side, int Stages, int Channels, int Kernel, int Window)
    {
        public static Design Draw(RandomSource random)
        {
            int stages = 1 + random.Next(2), window = 2 + random.Next(3);
            return new Design((int)Math.Pow(window, stages) * (1 + random.Next(4)), stages, 1 + random.Next(32), 1 + 2 * random.Next(3), window);
        }
    }
}
