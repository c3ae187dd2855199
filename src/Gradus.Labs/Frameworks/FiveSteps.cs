using Gradus.Data;
using Gradus.Graph;
using Gradus.Layers;
using Gradus.Losses;
using Gradus.Ops;

namespace Gradus.Labs.Frameworks;

/// <summary>The five steps of every framework: data, model, loss and optimiser, training, evaluation. None of them is a backward pass written by hand.</summary>
/// <remarks>
/// The model is a layer of our own with nothing but a forward pass. That it learns, and that its gradients equal central differences, shows that the framework has derived the backward pass from it. The control is what goes
/// wrong when a person writes it and forgets the derivative of the activation. Baydin, Pearlmutter, Radul and Siskind 2018, https://arxiv.org/abs/1502.05767.
/// </remarks>
public sealed class FiveSteps : Lab
{
    [Knob(1, 20, En = "epochs", Zh = "训练轮数")]
    public int Epochs { get; init; } = 3;

    [Knob(1e-5, 10, En = "Adam's learning rate", Zh = "Adam 的学习率")]
    public double LearningRate { get; init; } = 1e-3;

    [Knob(En = "detaches the hidden layer, so that no gradient passes it", Zh = "把隐藏层从计算图上断开，使梯度无法通过")]
    public bool Detached { get; init; }

    public override Bilingual Title => (
        "Five steps train a network, and no line of them is a backward pass",
        "五个步骤就能训练一个网络，其中没有一行是手写的反向传播");

    public override IReadOnlyList<string> Data => [Sets.Fashion];

    public override IReadOnlyList<Preset> Presets =>
    [
        new("rate-of-one", ("Learning rate 1: Adam's steps are as large as the weights themselves; the loss jumps and stays far above where it started.", "学习率 1：Adam 的步子和权重本身一样大，损失剧烈跳动，远高于起点。"), ("learning-rate", "1")),
        new("detached", ("The hidden layer is detached: it still computes, and the output layer still learns from its random features, but its own gradient is gone.", "隐藏层被断开：它照常计算，输出层也照样从随机特征中学习，但隐藏层自身的梯度没有了。"), ("detached", "true")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        // 1. The data, as batches of normalised pictures.
        var (all, tests) = lab.Load(Sets.Fashion);
        var training = LabContext.Some(all, lab.Pick(1500, 12000, all.Count), seed: 0);
        var test = LabContext.Some(tests, lab.Pick(500, 2500, tests.Count), seed: 0);
        var normalization = Normalization.Of(training);
        var history = new List<(double Train, double Test)>();
        var untrained = lab.Measure(("untrained", "未训练"), seed => lab.Accuracy(Build(seed), LabContext.Batches(test, 250, normalization: normalization)));

        var trained = lab.Measure(("trained in five steps", "五步训练之后"), seed =>
        {
            // 2. The model.
            var network = Build(seed);

            // 3. The loss (cross-entropy, the default here) and the optimiser.
            var optimizer = new Adam(network.Parameters, (float)LearningRate);

            // 4. The training.
            var result = lab.Fit(
                network, optimizer, LabContext.Batches(training, lab.Pick(32, 64, 64), seed, normalization), lab.Pick(2 * Epochs, Epochs, Epochs),
                validation: LabContext.Batches(test, 250, normalization: normalization), line: ($"seed {seed}", $"种子 {seed}"));
            if (seed == lab.Seeds[0]) history.AddRange(result.History.Epochs.Select(epoch => (epoch.TrainAccuracy ?? double.NaN, epoch.ValidationAccuracy ?? double.NaN)));

            // 5. The evaluation.
            return lab.Accuracy(network, LabContext.Batches(test, 250, normalization: normalization));
        });

        var derived = lab.Measure(("gradients that the framework derives", "框架推导出的梯度"), seed => GradientError(lab.Budget, seed, wrong: false));
        var byHand = lab.Measure(("gradients by hand, the activation's derivative forgotten", "手写梯度，忘了激活函数的导数"), seed => GradientError(lab.Budget, seed, wrong: true));
        lab.Show(new Chart(
            "accuracy-by-epoch", ("Accuracy after each epoch", "每轮之后的准确率"), ("epoch", "轮"), ("accuracy", "准确率"),
            [ChartLine.Counted(("training", "训练集"), [.. history.Select(epoch => epoch.Train)]), ChartLine.Counted(("test", "测试集"), [.. history.Select(epoch => epoch.Test)])]));
        return
        [
            Verdict.Holds("five-steps-train", [trained, untrained],
                Condition.AtLeast(("test accuracy", "测试准确率"), trained.Median, lab.Pick(0.7, 0.8, 0.85)),
                Condition.AtLeast(("points over the untrained network", "高出未训练网络"), trained.Median - untrained.Median, 0.5)),
            Verdict.Refutes("backward-must-be-written", [derived, byHand, trained],
                Condition.AtMost(("relative error of the derived gradients against differences", "框架所得梯度与差分的相对误差"), derived.Median, 1e-3),
                Condition.AtLeast(("the same of the gradients by hand with the mistake", "含错误的手写梯度的同一误差"), byHand.Median, 0.1),
                Condition.AtLeast(("test accuracy without a line of backward code", "没有一行反向代码时的测试准确率"), trained.Median, lab.Pick(0.7, 0.8, 0.85))),
        ];
    }

    private OwnLayer Build(ulong seed) => new(28 * 28, 128, 10, Detached, new RandomSource(seed));

    /// <summary>A model of one's own: it says how to compute its output, and nothing else.</summary>
    private sealed class OwnLayer(int inputs, int width, int outputs, bool detached, RandomSource random) : Layer
    {
        public Linear Hidden { get; } = new(inputs, width, random: random);

        public Linear Output { get; } = new(width, outputs, random: random);

        public override Tensor Forward(Tensor x)                        // [n, 1, 28, 28]
        {
            var hidden = Hidden.Forward(x.Flatten()).Silu();             // [n, 128]
            return Output.Forward(detached ? hidden.Detach() : hidden);  // [n, 10] logits
        }
    }

    // A small copy of the model, since differences take two forward passes for each weight.
    private double GradientError(Budget budget, ulong seed, bool wrong)
    {
        int samples = budget == Budget.Tiny ? 8 : 16;
        var random = new RandomSource(seed + 50);
        var model = new OwnLayer(6, 8, 3, Detached, random);
        var x = Tensor.Zeros([samples, 6]);
        random.Normal(x.Span);
        var labels = new IntTensor([.. Enumerable.Range(0, samples).Select(_ => random.Next(3))]);
        Tensor Loss() => CrossEntropy.Of(model.Forward(x), labels);
        Loss().Backward();
        var differences = model.Parameters.Select(parameter => CentralDifferences.Of(Loss, parameter)).ToArray();
        if (wrong) model.Hidden.Weight.Gradient = Forgotten(model, x, labels);
        var zero = model.Parameters.Select(parameter => parameter.Gradient ?? Tensor.Zeros(parameter.Shape));
        return zero.Zip(differences, CentralDifferences.Distance).Max();
    }

    // dW = dhᵀ x with dh = (p - t) V / n: what is missing is the derivative of SiLU.
    private static Tensor Forgotten(OwnLayer model, Tensor x, IntTensor labels)
    {
        using var off = GradientMode.Off();
        var error = model.Forward(x).Softmax();
        for (int i = 0; i < labels.Span.Length; i++) error.Span[i * 3 + labels.Span[i]] -= 1;
        return (error / labels.Span.Length).MatMul(model.Output.Weight).MatMul(x, transposeA: true);
    }
}
