using Gradus.Data;
using Gradus.Layers;
using Gradus.Schedules;

namespace Gradus.Labs.Convolution;

/// <summary>On pictures a convolutional network is more accurate than a dense one with five times its parameters and more.</summary>
/// <remarks>
/// Both learn the same pictures for as many epochs. A third arm shows where the advantage comes from: the same convolutional network on pictures
/// whose pixels were permuted, all in the same way. That takes nothing from a dense layer, which knows of no neighbours, but a shared window now
/// sees pixels that have nothing to do with each other. LeCun et al. 1989, "Backpropagation applied to handwritten zip code recognition".
/// </remarks>
public sealed class ConvolutionSharesWeights : Lab
{
    [Knob(2, 32, En = "channels of the first convolution; the second has twice as many", Zh = "第一层卷积的通道数，第二层为其两倍")]
    public int Channels { get; init; } = 16;

    [Knob(16, 512, En = "units of the dense network's first hidden layer; the second has half as many", Zh = "全连接网络第一隐藏层的单元数，第二层为其一半")]
    public int Hidden { get; init; } = 160;

    [Knob(En = "whether the pixels of all pictures are permuted, all in the same way", Zh = "是否把所有图像的像素按同一方式打乱")]
    public bool PermutePixels { get; init; }

    public override Bilingual Title => (
        "Windows that share their weights: fewer parameters than a dense network, and more accuracy",
        "窗口共享权重：参数比全连接网络少，准确率却更高");

    public override IReadOnlyList<string> Data => [Sets.Fashion];

    public override IReadOnlyList<Preset> Presets =>
    [
        new("permuted", ("Every picture's pixels in one and the same disorder: the dense network does not notice, the convolution loses its neighbours and with them its advantage.",
            "所有图像的像素按同一方式打乱：全连接网络毫无察觉，卷积却失去了“相邻”这一前提，优势随之消失。"), ("permute-pixels", "true")),
        new("two-channels", ("Two and four channels, 2,000 parameters: too few features, and sharing does not make up for them.",
            "只有 2 个和 4 个通道、约 2,000 个参数：特征太少，共享权重也弥补不了。"), ("channels", "2")),
        new("narrow-dense", ("A dense network of 16 units has as few parameters as the convolutional one: sharing beats saving.",
            "隐藏层只有 16 个单元的全连接网络，参数和卷积网络差不多少：靠共享省参数，胜过靠缩小省参数。"), ("hidden", "16")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var (train, test) = lab.Load(Sets.Fashion);
        int samples = lab.Pick(1_500, 12_000, 60_000), epochs = lab.Pick(3, 2, 3), tested = lab.Pick(1_000, 4_000, 10_000);
        var (learned, unseen) = (LabContext.Some(train, samples, seed: 0), LabContext.Some(test, tested, seed: 0));
        var curves = new List<ChartLine>();

        Arm Train(Bilingual name, Func<RandomSource, Layer> build, bool permuted) => lab.Measure(name, seed =>
        {
            var network = build(new RandomSource(seed));
            var batches = LabContext.Batches(permuted ? new Permuted(learned) : learned, 64, shuffle: seed);
            var training = lab.Fit(network, new Adam(network.Parameters, 2e-3f), batches, epochs, schedule: new OneCycleSchedule((long)epochs * batches.Count), line: name);
            if (seed == lab.Seeds[0]) curves.Add(training.Line(name));
            return 100 * lab.Accuracy(network, LabContext.Batches(permuted ? new Permuted(unseen) : unseen, 500));
        });

        var convolution = Train(("convolutional", "卷积网络"), Convolutional, PermutePixels);
        var dense = Train(("dense", "全连接网络"), Dense, PermutePixels);
        var permuted = Train(("convolutional, pixels permuted", "卷积网络，像素打乱"), Convolutional, permuted: true);

        long few = Count(Convolutional), many = Count(Dense);
        lab.Show(new Chart("loss", ("Training loss", "训练损失"), ("step", "步"), ("cross-entropy", "交叉熵"), curves));
        lab.Show(new ResultTable("parameters", ("Parameters and accuracy", "参数量与准确率"), [("network", "网络"), ("parameters", "参数量"), ("test accuracy (%)", "测试准确率（%）")],
        [
            [convolution.Name, $"{few:N0}", $"{convolution.Median:f1}"],
            [dense.Name, $"{many:N0}", $"{dense.Median:f1}"],
            [permuted.Name, $"{few:N0}", $"{permuted.Median:f1}"],
        ]));
        ShowPictures(lab, unseen);
        return
        [
            Verdict.Holds(
                "fewer-parameters-more-accuracy", [convolution, dense, permuted],
                Condition.AtLeast(("accuracy, convolutional minus dense (points)", "卷积减全连接的准确率（百分点）"), convolution.Median - dense.Median, lab.Pick(0.5, 0.5, 1)),
                Condition.AtMost(("parameters, convolutional over dense", "卷积与全连接的参数量之比"), (double)few / many, 0.2)),
        ];
    }

    private Sequential Convolutional(RandomSource random) => new(
        new Conv2d(1, Channels, 3, same: true, random: random), new Relu(), new MaxPool2d(2),              // [n, channels, 14, 14]
        new Conv2d(Channels, 2 * Channels, 3, same: true, random: random), new Relu(), new MaxPool2d(2),   // [n, 2 channels, 7, 7]
        new Flatten(), new Linear(2 * Channels * 7 * 7, 10, random: random));

    private Sequential Dense(RandomSource random) => new(
        new Flatten(), new Linear(28 * 28, Hidden, random: random), new Relu(), new Linear(Hidden, Math.Max(1, Hidden / 2), random: random), new Relu(),
        new Linear(Math.Max(1, Hidden / 2), 10, random: random));

    private static long Count(Func<RandomSource, Layer> build) => build(new RandomSource(0)).Parameters.Sum(parameter => (long)parameter.Count);

    private static void ShowPictures(LabContext lab, Dataset set)
    {
        var pictures = new List<Plots.Picture>();
        foreach (var (source, caption) in new (Dataset, string)[] { (set, ""), (new Permuted(set), "permuted 打乱") })
        {
            for (int i = 0; i < 5; i++)
            {
                var pixels = new float[source.SampleLength];
                source.Read(i, pixels);
                pictures.Add(new Plots.Picture(pixels, 1, source.Height, source.Width, caption.Length > 0 ? caption : source.ClassNames[source.Label(i)]));
            }
        }

        lab.Show("permuted", ("Pictures, and the same with permuted pixels", "原图，以及像素打乱后的同一批图"), pictures, columns: 5);
    }

    /// <summary>A set whose samples all have their pixels in the same disorder.</summary>
    private sealed class Permuted(Dataset source) : Dataset
    {
        private readonly int[] _order = new RandomSource(seed: 7).Permutation(source.SampleLength);

        public override string Name => source.Name;

        public override int Count => source.Count;

        public override IReadOnlyList<string> ClassNames => source.ClassNames;

        public override int Channels => source.Channels;

        public override int Height => source.Height;

        public override int Width => source.Width;

        public override int Label(int index) => source.Label(index);

        public override void Read(int index, Span<float> destination)
        {
            Span<float> ordered = stackalloc float[destination.Length];
            source.Read(index, ordered);
            for (int i = 0; i < _order.Length; i++) destination[i] = ordered[_order[i]];
        }
    }
}
