using Gradus.Graph;
using Gradus.Layers;
using Gradus.Ops;
using Gradus.Schedules;
using Gradus.Training;

namespace Gradus.Labs.Convolution;

/// <summary>The same dense layer classifies better on the features of convolutions than on the pixels.</summary>
/// <remarks>
/// One dense layer of 784 inputs and 10 outputs is trained three times from the same first weights: on the 28 · 28 pixels, and on the
/// 16 · 7 · 7 features of two convolutions, once learned before with a dense layer of their own and then frozen, once as they were drawn at
/// random. Alain and Bengio 2016, https://arxiv.org/abs/1610.01644, call such layers linear probes.
/// </remarks>
public sealed class DenseMapsFeatures : Lab
{
    private const int Features = 784;

    [Knob(En = "whether convolutions are followed by ReLU and a maximum; else by nothing and an average", Zh = "卷积之后是否接 ReLU 和最大池化；否则不接激活函数，用平均池化")]
    public bool Nonlinear { get; init; } = true;

    public override Bilingual Title => (
        "What a dense layer can do depends on what it is given: features instead of pixels", "全连接层能做到多好，取决于给它什么：是特征，还是像素");

    public override IReadOnlyList<string> Data => [Sets.Fashion];

    public override IReadOnlyList<Preset> Presets =>
    [
        new("linear", ("Without ReLU and maximum the convolutions and the dense layer together are one linear function of the pixels: nothing is gained over the pixels themselves.",
            "去掉 ReLU 和最大池化后，卷积与全连接合起来只是像素的一个线性函数：比直接用像素没有任何好处。"), ("nonlinear", "false")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var (train, test) = lab.Load(Sets.Fashion);
        var learned = LabContext.Samples(LabContext.Some(train, lab.Pick(2_500, 8_000, 30_000), seed: 0));
        var unseen = LabContext.Samples(LabContext.Some(test, lab.Pick(1_000, 4_000, 10_000), seed: 0));
        int epochs = lab.Pick(10, 5, 4), probing = lab.Pick(10, 10, 8); // a dense layer needs more passes, and they are cheap
        Layer? shown = null;

        Arm Probe(Bilingual name, Func<ulong, Func<Tensor, Tensor>> features) => lab.Measure(name, seed =>
        {
            var of = features(seed);
            var dense = new Linear(Features, 10, random: new RandomSource(seed + 1_000));
            var batches = new TensorBatches(of(learned.Inputs), learned.Labels, 64, shuffle: seed);
            lab.Fit(dense, new Adam(dense.Parameters, 2e-3f), batches, probing, schedule: new OneCycleSchedule((long)probing * batches.Count), line: name);
            return 100 * lab.Accuracy(dense, new TensorBatches(of(unseen.Inputs), unseen.Labels, 500));
        });

        var pixels = Probe(("dense layer on pixels", "全连接层接像素"), _ => pictures => pictures.Reshape(-1, Features));
        var drawn = Probe(("dense layer on random convolutions", "全连接层接随机卷积"), seed => Frozen(Convolutions(new RandomSource(seed))));
        var trained = Probe(("dense layer on learned convolutions", "全连接层接学得的卷积"), seed =>
        {
            var random = new RandomSource(seed);
            var convolutions = Convolutions(random);
            var whole = new Sequential(convolutions, new Linear(Features, 10, random: random));
            var batches = new TensorBatches(learned.Inputs, learned.Labels, 64, shuffle: seed);
            lab.Fit(whole, new Adam(whole.Parameters, 2e-3f), batches, epochs, schedule: new OneCycleSchedule((long)epochs * batches.Count), line: ("the convolutions", "学习卷积"));
            shown ??= convolutions;
            return Frozen(convolutions);
        });

        lab.Show(new ResultTable("accuracy", ("One dense layer of 784 inputs, three kinds of inputs", "同一个 784 输入的全连接层，三种输入"), [("inputs", "输入"), ("test accuracy (%)", "测试准确率（%）")],
            [.. new[] { pixels, drawn, trained }.Select(arm => (IReadOnlyList<Bilingual>)[arm.Name, $"{arm.Median:f1}"])]));
        ShowMaps(lab, shown!, unseen.Inputs);
        return
        [
            Verdict.Holds(
                "dense-maps-features-to-outputs", [trained, drawn, pixels],
                Condition.AtLeast(("accuracy, on learned features minus on pixels (points)", "学得的特征减像素的准确率（百分点）"), trained.Median - pixels.Median, lab.Pick(1, 2, 4))),
        ];
    }

    private Sequential Convolutions(RandomSource random) => new(
        new Conv2d(1, 16, 3, same: true, random: random), Activation(), Pool(),     // [n, 16, 14, 14]
        new Conv2d(16, 16, 3, same: true, random: random), Activation(), Pool(),    // [n, 16, 7, 7]
        new Flatten());                                                             // [n, 784], as many as there are pixels

    private Layer Activation() => Nonlinear ? new Relu() : new Sequential();

    private Layer Pool() => Nonlinear ? new MaxPool2d(2) : new AveragePool2d(2);

    // The features of all pictures, computed once: nothing changes them any more.
    private static Func<Tensor, Tensor> Frozen(Layer convolutions) => pictures =>
    {
        using var _ = GradientMode.Off();
        convolutions.Evaluate();
        const int Batch = 500;
        var features = Tensor.Zeros([pictures.Shape[0], Features]);
        for (int first = 0; first < pictures.Shape[0]; first += Batch)
        {
            int count = Math.Min(Batch, pictures.Shape[0] - first);
            convolutions.Forward(pictures.Slice(0, first, count)).Span.CopyTo(features.Span[(first * Features)..]);
        }

        return features;
    };

    private static void ShowMaps(LabContext lab, Layer convolutions, Tensor pictures)
    {
        const int Shown = 3, Maps = 7, Side = 28, Small = 7;
        var features = Frozen(convolutions)(pictures.Slice(0, 0, Shown));
        var grid = new List<Plots.Picture>();
        for (int i = 0; i < Shown; i++)
        {
            grid.Add(new Plots.Picture(pictures.Span.Slice(i * Side * Side, Side * Side).ToArray(), 1, Side, Side, "28 x 28"));
            for (int map = 0; map < Maps; map++)
            {
                float[] values = features.Span.Slice(i * Features + map * Small * Small, Small * Small).ToArray();
                float most = Math.Max(1e-6f, values.Max());
                grid.Add(new Plots.Picture(values.Select(value => value / most).ToArray(), 1, Small, Small, $"map {map + 1}"));
            }
        }

        lab.Show("features", ("Three pictures and seven of the sixteen feature maps that the dense layer reads", "三张图像，以及全连接层读到的十六张特征图中的七张"), grid, Maps + 1);
    }
}
