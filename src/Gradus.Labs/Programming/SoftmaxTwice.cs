using System.Numerics.Tensors;
using Gradus.Layers;
using Gradus.Losses;
using Gradus.Ops;
using Gradus.Training;

namespace Gradus.Labs.Programming;

/// <summary>A network that ends in softmax, trained with a loss that applies softmax itself, learns worse: its gradient is shrunk, and its loss cannot fall.</summary>
/// <remarks>
/// Two networks with the same first weights, batches and optimiser; one hands its logits to the loss, the other their softmax, p. The loss' gradient
/// p' - y then passes diag(p) - p pᵀ, which at the start shrinks it to a tenth, and no loss below ln(1 + 9/e) = 1.461 can be reached. A third network
/// hands over ln p, of which softmax is p again: harmless.
/// </remarks>
public sealed class SoftmaxTwice : Lab
{
    public enum Method
    {
        Adam,
        Sgd,
    }

    [Knob(En = "how the networks are trained", Zh = "用什么优化器训练")]
    public Method Optimizer { get; init; } = Method.Adam;

    [Knob(1e-4, 10, En = "learning rate", Zh = "学习率")]
    public double LearningRate { get; init; } = 1e-3;

    [Knob(En = "whether the second network hands over the logarithm of its softmax", Zh = "第二个网络是否交出 softmax 的对数")]
    public bool Logarithm { get; init; }

    public override Bilingual Title => ("Softmax in the network and softmax in the loss: one too many", "网络里一次 softmax，损失里又一次：多了一次");

    public override IReadOnlyList<int> Questions => [32];

    public override IReadOnlyList<string> Data => [Sets.Fashion];

    public override IReadOnlyList<Preset> Presets =>
    [
        new("logarithm", ("The logarithm of softmax as logits: softmax of it is the same p, and nothing is lost.", "把 softmax 的对数当作 logit：再做 softmax 仍是同一个 p，毫无损失。"), ("logarithm", "true")),
        new("plain-descent", ("Without Adam, which divides the gradient by its size, the tenfold smaller gradient costs far more.", "没有 Adam 按梯度大小归一化，缩小十倍的梯度代价更大。"), ("optimizer", "sgd"), ("learning-rate", "0.1")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var (train, test) = lab.Load(Sets.Fashion);
        var learned = LabContext.Some(train, lab.Pick(1_500, 6_000, 30_000), seed: 0);
        var unseen = LabContext.Some(test, lab.Pick(1_000, 3_000, 10_000), seed: 0);
        var first = LabContext.Samples(LabContext.Some(train, 256, seed: 1));
        int epochs = lab.Pick(3, 3, 3);
        var (curves, losses) = (new List<ChartLine>(), new List<(Bilingual Name, double Loss)>());

        (Arm Accuracy, Arm Gradient) Train(Bilingual name, Func<Tensor, Tensor> last)
        {
            Tensor Loss(Tensor logits, IntTensor labels) => CrossEntropy.Of(last(logits), labels);
            var gradient = lab.Measure(name, seed =>
            {
                var network = Network(new RandomSource(seed));
                Loss(network.Forward(first.Inputs), first.Labels).Backward();
                return Math.Sqrt(network.Parameters.Sum(parameter => Math.Pow(TensorPrimitives.Norm<float>(parameter.Gradient!.Span), 2)));
            });
            var accuracy = lab.Measure(name, seed =>
            {
                var network = Network(new RandomSource(seed));
                Optimizer optimizer = Optimizer == Method.Adam ? new Adam(network.Parameters, (float)LearningRate) : new Sgd(network.Parameters, (float)LearningRate);
                var training = lab.Fit(Objective.Labels(network, Loss), optimizer, LabContext.Batches(learned, 32, shuffle: seed), epochs, line: name);
                if (seed == lab.Seeds[0])
                {
                    curves.Add(training.Line(name));
                    losses.Add((name, training.FinalLoss));
                }

                return 100 * lab.Accuracy(network, LabContext.Batches(unseen, 500));
            });
            return (accuracy, gradient);
        }

        var once = Train(("softmax in the loss only", "只在损失中做 softmax"), logits => logits);
        var twice = Train(("softmax twice", "softmax 做两次"), logits => Logarithm ? logits.Softmax().Log() : logits.Softmax());

        lab.Show(new Chart("loss", ("Training loss: with softmax twice it cannot fall below 1.461", "训练损失：softmax 做两次时降不到 1.461 以下"), ("step", "步"), ("cross-entropy", "交叉熵"), curves));
        lab.Show(new ResultTable("softmax", ("One softmax and two", "一次与两次 softmax"), [("network", "网络"), ("first gradient", "起始梯度"), ("last loss", "最后损失"), ("test accuracy (%)", "测试准确率（%）")],
        [
            [once.Accuracy.Name, $"{once.Gradient.Median:g3}", $"{losses[0].Loss:f3}", $"{once.Accuracy.Median:f1}"],
            [twice.Accuracy.Name, $"{twice.Gradient.Median:g3}", $"{losses[1].Loss:f3}", $"{twice.Accuracy.Median:f1}"],
        ]));
        return
        [
            Verdict.Refutes(
                "softmax-twice-is-harmless", [once.Accuracy, twice.Accuracy, new Arm(("first gradient, once", "起始梯度，一次"), once.Gradient.Values), new Arm(("first gradient, twice", "起始梯度，两次"), twice.Gradient.Values)],
                Condition.AtLeast(("accuracy, once minus twice (points)", "一次减两次的准确率（百分点）"), once.Accuracy.Median - twice.Accuracy.Median, lab.Pick(0.5, 0.5, 0.5)),
                Condition.AtMost(("first gradient, twice over once", "起始梯度，两次与一次之比"), twice.Gradient.Median / once.Gradient.Median, 0.2)),
        ];
    }

    // The program's network, with a quarter and half of its channels.
    private static Sequential Network(RandomSource random) => new(
        new Conv2d(1, 16, 3, random: random), new Relu(), new MaxPool2d(2),     // [n, 16, 13, 13]
        new Conv2d(16, 32, 3, random: random), new Relu(), new MaxPool2d(2),    // [n, 32, 5, 5]
        new Flatten(), new Linear(32 * 5 * 5, 10, random: random));
}
