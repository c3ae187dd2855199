using System.Numerics.Tensors;
using Gradus.Layers;
using Gradus.Losses;
using Gradus.Ops;

namespace Gradus.Labs.Programming;

/// <summary>Weights of variance 1 are no start for a convolutional network: the first loss is tens of times too large, and equal steps later it is still behind.</summary>
/// <remarks>
/// Two networks that differ in the first weights only: normal with deviation 1, or He's √(2 / inputs). A network that knows nothing yet should
/// give each class a tenth and lose ln 10; each layer of n inputs to an output with weights of variance 1 instead multiplies what passes through by
/// √(n / 2), and the logits are hundreds. With a second softmax, as in the program where these weights come from, the answer is one class with
/// probability 1 to the last bit, and the gradient of many pictures is exactly 0: the table counts them. He, Zhang, Ren and Sun 2015,
/// https://arxiv.org/abs/1502.01852.
/// </remarks>
public sealed class UnitVarianceInitialization : Lab
{
    [Knob(0.001, 2, En = "standard deviation of all weights of the first network", Zh = "第一个网络所有权重的标准差")]
    public double Deviation { get; init; } = 1;

    public override Bilingual Title => ("Weights of variance 1: a first loss tens of times too large, and a lead that He's weights keep", "方差为 1 的权重：起始损失大几十倍，之后也追不上 He 初始化");

    public override IReadOnlyList<int> Questions => [32];

    public override IReadOnlyList<string> Data => [Sets.Fashion];

    public override IReadOnlyList<Preset> Presets =>
    [
        new("small", ("A deviation of 0.1 is near He's for these layers (0.47, 0.12, 0.05): nothing to complain of.", "标准差 0.1 与这几层的 He 值（0.47、0.12、0.05）相近：没有问题。"), ("deviation", "0.1")),
        new("too-small", ("A deviation of 0.001: the first loss is right, ln 10, and the network hardly begins to learn, because its signal fades from layer to layer.", "标准差 0.001：起始损失正是 ln 10，但信号逐层衰减，网络迟迟学不动。"), ("deviation", "0.001")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var (train, test) = lab.Load(Sets.Fashion);
        var learned = LabContext.Some(train, lab.Pick(1_500, 6_000, 30_000), seed: 0);
        var unseen = LabContext.Some(test, lab.Pick(1_000, 3_000, 10_000), seed: 0);
        var first = LabContext.Samples(LabContext.Some(train, 500, seed: 1));
        int epochs = lab.Pick(2, 2, 2);
        var curves = new List<ChartLine>();

        (Arm Loss, Arm Accuracy, Arm Silent) Train(Bilingual name, Func<RandomSource, Layer> network)
        {
            var loss = lab.Measure(name, seed => CrossEntropy.Of(network(new RandomSource(seed)).Forward(first.Inputs), first.Labels).Item());
            var silent = lab.Measure(name, seed => Silent(network(new RandomSource(seed)), first));
            var accuracy = lab.Measure(name, seed =>
            {
                var one = network(new RandomSource(seed));
                var training = lab.Fit(one, new Adam(one.Parameters, 1e-3f), LabContext.Batches(learned, 32, shuffle: seed), epochs, line: name);
                if (seed == lab.Seeds[0]) curves.Add(training.Line(name));
                return 100 * lab.Accuracy(one, LabContext.Batches(unseen, 500));
            });
            return (loss, accuracy, silent);
        }

        var unit = Train(($"deviation {Deviation}", $"标准差 {Deviation}"), random => Spread(random));
        var he = Train(("He's deviations", "He 标准差"), random => Network(random));
        lab.Show(new Chart("loss", ("Training loss from two starts", "两种起点的训练损失"), ("step", "步"), ("cross-entropy", "交叉熵"), curves) { LogY = true });
        lab.Show(new ResultTable("starts", ("Two starts", "两种起点"),
            [("weights", "权重"), ("first loss (ln 10 = 2.303)", "起始损失（ln 10 = 2.303）"), ("pictures without gradient under a second softmax (%)", "再加一次 softmax 时梯度为 0 的图片（%）"), ("test accuracy (%)", "测试准确率（%）")],
            [.. new[] { unit, he }.Select(start => (IReadOnlyList<Bilingual>)[start.Loss.Name, $"{start.Loss.Median:g3}", $"{start.Silent.Median:f0}", $"{start.Accuracy.Median:f1}"])]));
        return
        [
            Verdict.Refutes(
                "unit-variance-is-fine", [unit.Accuracy, he.Accuracy, new Arm(("first loss, deviation 1", "起始损失，标准差 1"), unit.Loss.Values), new Arm(("first loss, He", "起始损失，He"), he.Loss.Values)],
                Condition.AtLeast(("first loss over ln 10", "起始损失与 ln 10 之比"), unit.Loss.Median / Math.Log(10), 20),
                Condition.AtLeast(("accuracy after equal steps, He minus deviation 1 (points)", "步数相同时 He 减标准差 1 的准确率（百分点）"), he.Accuracy.Median - unit.Accuracy.Median, 1)),
        ];
    }

    // The share of pictures (%) whose gradient with respect to the logits is exactly 0 when the loss is given their softmax.
    private static double Silent(Layer network, (Tensor Inputs, IntTensor Labels) samples)
    {
        var logits = network.Forward(samples.Inputs).Detach();
        logits.RequiresGradient = true;
        CrossEntropy.Of(logits.Softmax(), samples.Labels).Backward();
        int classes = logits.Shape[1];
        return 100.0 * Enumerable.Range(0, logits.Shape[0]).Count(i => TensorPrimitives.MaxMagnitude<float>(logits.Gradient!.Span.Slice(i * classes, classes)) == 0) / logits.Shape[0];
    }

    private Sequential Spread(RandomSource random)
    {
        var network = Network(random);
        foreach (var weight in network.Parameters.Where(parameter => parameter.Shape.Rank > 1)) random.Normal(weight.Span, 0, (float)Deviation);
        return network;
    }

    private static Sequential Network(RandomSource random) => new(
        new Conv2d(1, 16, 3, random: random), new Relu(), new MaxPool2d(2),     // [n, 16, 13, 13]
        new Conv2d(16, 32, 3, random: random), new Relu(), new MaxPool2d(2),    // [n, 32, 5, 5]
        new Flatten(), new Linear(32 * 5 * 5, 10, random: random));
}
