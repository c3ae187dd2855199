using Gradus.Data;
using Gradus.Graph;
using Gradus.Layers;
using Gradus.Metrics;
using Gradus.Plots;
using Gradus.Schedules;
using Gradus.Zoo;

namespace Gradus.Labs.Programming;

/// <summary>Two convolutions with ReLU and pooling and one dense layer, trained with cross-entropy, classify small colour photographs of ten classes.</summary>
/// <remarks>
/// The architecture <c>cnn-32</c> on CIFAR-10, pixels normalised, Adam with one cycle of the learning rate; beside it the same training of one
/// dense layer on the pixels. Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/learning-features-2009-TR.pdf.
/// </remarks>
public sealed class CnnOnPhotographs : Lab
{
    [Knob(1e-5, 1, En = "highest learning rate", Zh = "最高学习率")]
    public double LearningRate { get; init; } = 0.002;

    public override Bilingual Title => ("Two convolutions and a dense layer classify photographs", "两层卷积加一个全连接层，就能给照片分类");

    public override IReadOnlyList<int> Questions => [32];

    public override IReadOnlyList<string> Data => [Sets.Photographs];

    public override IReadOnlyList<Preset> Presets =>
    [
        new("rate-of-one", ("A learning rate of 1: the first steps throw all weights far away, most ReLU units never answer again, and the network guesses.", "学习率取 1：头几步就把权重甩到远处，多数 ReLU 单元从此不再响应，网络只能瞎猜。"), ("learning-rate", "1")),
        new("too-slow", ("A hundredth of a thousandth: nothing breaks, but the time is up before anything is learned.", "学习率十万分之一：什么都没坏，只是时间到了还没学会。"), ("learning-rate", "0.00001")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var (train, test) = lab.Load(Sets.Photographs);
        int samples = lab.Pick(1_000, 8_000, train.Count), epochs = lab.Pick(3, 3, 4), tested = lab.Pick(500, 2_000, test.Count);
        var (learned, unseen) = (LabContext.Some(train, samples, seed: 0), LabContext.Some(test, tested, seed: 0));
        var normalization = Normalization.Of(LabContext.Some(train, 2_000, seed: 0));
        Layer? shown = null;

        Arm Train(Bilingual name, string key, Func<RandomSource, Layer> build) => lab.Measure(name, seed =>
        {
            var network = build(new RandomSource(seed));
            lab.Cached($"{key} {Sets.Photographs} {learned.Count} x {epochs} rate {LearningRate} seed {seed}", network, () =>
            {
                var batches = LabContext.Batches(learned, 32, shuffle: seed, normalization);
                lab.Fit(network, new Adam(network.Parameters, (float)LearningRate), batches, epochs, schedule: new OneCycleSchedule((long)epochs * batches.Count), line: name);
            });
            shown ??= network;
            return 100 * lab.Accuracy(network, LabContext.Batches(unseen, 250, normalization: normalization));
        });

        var convolutional = Train(("two convolutions and a dense layer", "两层卷积加全连接"), "cnn-32", random => new Cnn32().Build(random));
        var dense = Train(("dense layer on the pixels", "直接接像素的全连接层"), "softmax regression", random => new Sequential(new Flatten(), new Linear(3 * 32 * 32, 10, random: random)));
        ShowAnswers(lab, shown!, unseen, normalization);
        return
        [
            Verdict.Holds(
                "cnn-classifies-photographs", [convolutional, dense],
                Condition.AtLeast(("test accuracy (%)", "测试准确率（%）"), convolutional.Median, lab.Pick(30, 50, 65)),
                Condition.AtLeast(("the same minus that of a dense layer (points)", "比单个全连接层高（百分点）"), convolutional.Median - dense.Median, lab.Pick(3, 10, 20))),
        ];
    }

    private static void ShowAnswers(LabContext lab, Layer network, Dataset unseen, Normalization normalization)
    {
        const int Shown = 16;
        var some = LabContext.Some(unseen, 2_000, seed: 1);
        var (inputs, labels) = LabContext.Samples(some, normalization);
        network.Evaluate();
        var logits = InferencePlan.Capture(network).Run(inputs);
        var matrix = new ConfusionMatrix(some.Classes);
        matrix.Add(logits, labels);
        var counts = new int[some.Classes, some.Classes];
        for (int label = 0; label < some.Classes; label++)
            for (int answer = 0; answer < some.Classes; answer++) counts[label, answer] = (int)matrix[label, answer];
        lab.Show("confusion", ("Which class was taken for which", "各类之间的混淆"), path => ConfusionPlot.Save(path, counts, some.ClassNames, "CIFAR-10"));

        var pictures = new List<Plots.Picture>();
        for (int i = 0; i < some.Count; i += (some.Count + Shown - 1) / Shown) // the set may be in the order of its classes
        {
            var pixels = new float[some.SampleLength];
            some.Read(i, pixels);
            int answer = System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(logits.Span.Slice(i * some.Classes, some.Classes));
            pictures.Add(new Plots.Picture(pixels, 3, 32, 32, some.ClassNames[answer], answer == some.Label(i) ? CaptionColour.Right : CaptionColour.Wrong));
        }

        lab.Show("answers", ("Photographs and what the network takes them for", "照片与网络的回答"), pictures, columns: 8);
    }
}
