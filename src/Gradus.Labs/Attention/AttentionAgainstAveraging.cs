using System.Globalization;
using System.Numerics.Tensors;
using Gradus.Data;
using Gradus.Graph;
using Gradus.Layers;
using Gradus.Ops;
using Gradus.Schedules;
using Gradus.Training;
using Gradus.Zoo;
using Linear = Gradus.Layers.Linear;

namespace Gradus.Labs.Attention;

/// <summary>A small Transformer and a small vision transformer against themselves with uniform weights in attention's place, and against a CNN of no more arithmetic.</summary>
/// <remarks>
/// Where queries and keys are 0, all scores are 0, every step gets the mean of all values, and the gradients of queries and keys are 0 as well: with these rows of the projection started at 0
/// the same network, trained alike, averages from the first step to the last. The Transformer looks values up by key (<see cref="LookupTask"/>); the vision transformer reads patches of 4 x 4 pixels
/// of Fashion-MNIST. Vaswani et al. 2017, https://arxiv.org/abs/1706.03762; Dosovitskiy et al. 2021, https://arxiv.org/abs/2010.11929, who find too that on little data convolutions win.
/// </remarks>
public sealed class AttentionAgainstAveraging : Lab
{
    private const int Width = 32, Heads = 2, Hidden = 64, Batch = 50, Patch = 4;

    [Knob(En = "averages in the arms with attention too", Zh = "让有注意力的一组也做均匀平均")]
    public bool Uniform { get; init; }

    [Knob(1, 5, En = "side of the CNN's kernels; 1 sees single pixels", Zh = "CNN 卷积核的边长；为 1 时只看单个像素")]
    public int Kernel { get; init; } = 3;

    [Knob(0, 10, En = "multiplies the first weights of the CNN's kernels", Zh = "CNN 卷积核初始权重的倍数")]
    public double KernelScale { get; init; } = 1;

    public override Bilingual Title => (
        "Attention against uniform averaging in the same Transformer and ViT; and the CNN that beats the small ViT",
        "同一 Transformer 与 ViT：注意力对均匀平均；以及胜过小 ViT 的 CNN");

    public override IReadOnlyList<string> Data => [Sets.Fashion];

    public override IReadOnlyList<Preset> Presets =>
    [
        new("uniform", ("Both arms average: no difference is left.", "两组都做平均：差别荡然无存。"), ("uniform", "true")),
        new("pixelwise", ("Kernels of one pixel: the CNN loses the neighbourhood, and most of its advantage.", "一像素的卷积核：CNN 看不到邻域，优势所剩无几。"), ("kernel", "1")),
        new("zero-kernels", ("Kernels that start at 0: ReLU passes nothing, no gradient comes back, and they stay at 0.", "卷积核从 0 开始：ReLU 什么也不放过，梯度也回不来，权重永远是 0。"), ("kernel-scale", "0")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var lookup = Lookups(lab);
        var (all, test) = lab.Load(Sets.Fashion);
        var normalization = Normalization.Of(all);
        var training = LabContext.Some(all, lab.Pick(600, 1500, 10_000), seed: 0);
        var unseen = LabContext.Batches(LabContext.Some(test, lab.Pick(1000, 1000, 10_000), seed: 0), 500, normalization: normalization);
        var curves = new List<ChartLine>();
        Arm Accuracy(Bilingual name, float rate, Func<RandomSource, Layer> make) => lab.Measure(name, seed =>
        {
            var network = make(new RandomSource(seed));
            int epochs = lab.Pick(4, 5, 5);
            var batches = LabContext.Batches(training, Batch, shuffle: seed, normalization);
            var run = lab.Fit(network, new Adam(network.Parameters, rate), batches, epochs, schedule: new OneCycleSchedule((long)epochs * batches.Count), line: seed == lab.Seeds[0] ? name : (Bilingual?)null);
            if (seed == lab.Seeds[0]) curves.Add(run.Line(name));
            return lab.Accuracy(network, unseen);
        });

        var vit = Accuracy(("ViT, attention", "ViT，注意力"), 3e-3f, random => new SmallVit(random, Uniform));
        var averaging = Accuracy(("ViT, averaging", "ViT，均匀平均"), 3e-3f, random => new SmallVit(random, uniform: true));
        var cnn = Accuracy("CNN", 3e-3f, SmallCnn);
        double arithmetic = (double)ModelSummary.Of(SmallCnn(new RandomSource(0)), [1, 28, 28]).MultiplyAdds / ModelSummary.Of(new SmallVit(new RandomSource(0), false), [1, 28, 28]).MultiplyAdds;
        lab.Show(new Chart("pictures-loss", ("Training loss on Fashion-MNIST", "Fashion-MNIST 上的训练损失"), ("training step", "训练步"), ("cross-entropy", "交叉熵"), curves));
        lab.Show(new ResultTable(
            "accuracy", ("Accuracy on unseen data", "未见数据上的正确率"), [("task", "任务"), ("network", "网络"), ("accuracy", "正确率")],
            [.. new[] { lookup.Attention, lookup.Averaging }.Select(arm => Row(("lookup", "查表"), arm)), .. new[] { vit, averaging, cnn }.Select(arm => Row("Fashion-MNIST", arm))]));
        return
        [
            Verdict.Holds(
                "transformer-needs-attention", [lookup.Attention, lookup.Averaging],
                Condition.AtLeast(("accuracy of the Transformer with attention minus with averaging", "Transformer 正确率之差：注意力减均匀平均"), lookup.Attention.Median - lookup.Averaging.Median, 0.2)),
            Verdict.Holds(
                "vit-needs-attention", [vit, averaging],
                Condition.AtLeast(("accuracy of the ViT with attention minus with averaging", "ViT 正确率之差：注意力减均匀平均"), vit.Median - averaging.Median, 0.01)),
            Verdict.Holds(
                "cnn-beats-the-small-vit", [cnn, vit],
                Condition.AtLeast(("accuracy of the CNN minus the ViT's", "正确率之差：CNN 减 ViT"), cnn.Median - vit.Median, 0.01),
                Condition.AtMost(("multiply-adds of the CNN over the ViT's", "乘加次数之比：CNN 比 ViT"), arithmetic, 1)),
        ];
    }

    private (Arm Attention, Arm Averaging) Lookups(LabContext lab)
    {
        int steps = lab.Pick(8, 16, 16);
        var curves = new List<ChartLine>();
        Arm Accuracy(Bilingual name, bool uniform) => lab.Measure(name, seed =>
        {
            var network = new SmallTransformer(LookupTask.Features(steps), new RandomSource(seed), uniform);
            var (inputs, labels) = LookupTask.Make(lab.Pick(1000, 3000, 10_000), steps, seed);
            var batches = new TensorBatches(inputs, labels, Batch, shuffle: seed);
            int epochs = lab.Pick(6, 6, 10);
            var objective = Objective.Labels(network, SequenceToSequence.Loss);
            var run = lab.Fit(objective, new Adam(network.Parameters, 5e-3f), batches, epochs, schedule: new OneCycleSchedule((long)epochs * batches.Count), line: seed == lab.Seeds[0] ? name : (Bilingual?)null);
            if (seed == lab.Seeds[0]) curves.Add(run.Line(name));
            (inputs, labels) = LookupTask.Make(500, steps, seed: ulong.MaxValue);
            return new Evaluator(objective).Evaluate(new TensorBatches(inputs, labels, 500), lab.Cancellation).Accuracy ?? 0;
        });

        var arms = (Accuracy(("Transformer, attention", "Transformer，注意力"), Uniform), Accuracy(("Transformer, averaging", "Transformer，均匀平均"), uniform: true));
        lab.Show(new Chart("lookup-loss", ($"Training loss of looking values up; guessing is ln {LookupTask.Values} = {Math.Log(LookupTask.Values):0.00}", $"查表任务的训练损失；瞎猜为 ln {LookupTask.Values} = {Math.Log(LookupTask.Values):0.00}"), ("training step", "训练步"), ("cross-entropy", "交叉熵"), curves));
        return arms;
    }

    private static IReadOnlyList<Bilingual> Row(Bilingual task, Arm arm) => [task, arm.Name, arm.Median.ToString("P1", CultureInfo.InvariantCulture)];

    private Sequential SmallCnn(RandomSource random) => new(
        Convolution(1, 8, random), new Layers.Relu(), new Layers.MaxPool2d(2),
        Convolution(8, 16, random), new Layers.Relu(), new Layers.MaxPool2d(2),
        new Layers.Flatten(), new Linear(16 * 7 * 7, 10, random: random));

    private Conv2d Convolution(int channels, int outputs, RandomSource random)
    {
        var layer = new Conv2d(channels, outputs, Kernel, same: true, random: random);
        TensorPrimitives.Multiply(layer.Weight.Span, (float)KernelScale, layer.Weight.Span);
        return layer;
    }

    private static TransformerEncoderLayer Encoder(RandomSource random, bool uniform)
    {
        var layer = new TransformerEncoderLayer(Width, Heads, Hidden, dropout: 0, normFirst: true, gelu: true, random: random);
        var projection = layer.NamedParameters().Single(named => named.Name == "self_attn.in_proj_weight").Parameter;
        if (uniform) projection.Span[..(2 * Width * Width)].Clear(); // queries and keys; their biases are 0 anyway
        return layer;
    }

    private sealed class SmallTransformer(int features, RandomSource random, bool uniform) : Layer
    {
        private readonly Linear _embed = new(features, Width, random: random);
        private readonly TransformerEncoderLayer _first = Encoder(random, uniform), _second = Encoder(random, uniform);
        private readonly LayerNorm _norm = new(Width);
        private readonly Linear _answer = new(Width, LookupTask.Values, random: random);

        public override Tensor Forward(Tensor x) => _answer.Forward(_norm.Forward(_second.Forward(_first.Forward(_embed.Forward(x))))); // [n, steps, values]
    }

    private sealed class SmallVit(RandomSource random, bool uniform) : Layer
    {
        private readonly Conv2d _patches = new(1, Width, Patch, stride: Patch, random: random);
        private readonly LearnedPositions _positions = new(28 / Patch * (28 / Patch), Width, random);
        private readonly TransformerEncoderLayer _first = Encoder(random, uniform), _second = Encoder(random, uniform);
        private readonly LayerNorm _norm = new(Width);
        private readonly Linear _answer = new(Width, 10, random: random);

        public override Tensor Forward(Tensor x)                                                     // [n, 1, 28, 28]
        {
            x = _positions.Forward(_patches.Forward(x).Reshape(x.Shape[0], Width, -1).Permute(0, 2, 1)); // [n, 49, width]
            return _answer.Forward(_norm.Forward(_second.Forward(_first.Forward(x))).Mean(1));           // [n, 10]
        }
    }
}
