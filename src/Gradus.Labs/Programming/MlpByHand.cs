using Gradus.Losses;
using Gradus.Zoo;

namespace Gradus.Labs.Programming;

/// <summary>
/// A network of 3 inputs, 4 hidden ReLU units and 2 outputs, forward and backward by hand beside the engine's; and two mistakes of common answers: weights that are
/// added to the gradients, and biases that the forward pass leaves out.
/// </summary>
/// <remarks>
/// By hand, over n samples with the mean of the 2n squared errors: z = x W₁ᵀ + b₁, a = max(z, 0), y = a W₂ᵀ + b₂; dy = (y - t) / n, dW₂ = dyᵀ a, db₂ = Σ dy, dz = dy W₂ ∘ [z > 0], dW₁ = dzᵀ x, db₁ = Σ dz.
/// Differences are taken of the loss by hand, in double precision. The inputs are the five of the common answer and the zero vector, for which a network without biases can give
/// nothing but zeros. Rumelhart, Hinton and Williams 1986, "Learning representations by back-propagating errors".
/// </remarks>
public sealed class MlpByHand : Lab
{
    private const int In = 3, Hidden = 4, Out = 2;

    private static readonly double[,] Inputs = { { 1, 0, 1 }, { 0, 1, 1 }, { 1, 1, 0 }, { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 0 } };
    private static readonly double[,] Targets = { { 1, 0 }, { 1, 0 }, { 0, 1 }, { 1, 1 }, { 1, 1 }, { 0.5, 1 } }; // first: exclusive or of the first two; zeros must give something

    [Knob(0.001, 5, En = "learning rate", Zh = "学习率")]
    public double LearningRate { get; init; } = 0.2;

    [Knob(En = "whether the backward pass by hand stops the gradient where ReLU was 0", Zh = "手写反向传播是否在 ReLU 输出为 0 处截断梯度")]
    public bool MaskNegative { get; init; } = true;

    [Knob(0, 1, En = "what of the weights the common answer's mistake adds to the gradients", Zh = "常见答案的错误中加到梯度上的权重倍数")]
    public double Added { get; init; } = 1;

    [Knob(En = "gives the zero input a target of zeros, so that no bias is needed for it", Zh = "令零输入的目标也为零，于是不需要偏置")]
    public bool ZeroTarget { get; init; }

    public override Bilingual Title => (
        "A 3-4-2 network by hand: gradients that are right, and two ways to get them wrong",
        "手写 3-4-2 网络：正确的梯度，以及两种出错的方式");

    public override IReadOnlyList<Preset> Presets =>
    [
        new("forgotten-mask", ("dz without [z > 0]: the gradient flows through units that were off. On paper it looks nearly the same.", "dz 漏掉 [z > 0]：梯度流过了已关闭的单元。写在纸上几乎看不出差别。"), ("mask-negative", "false")),
        new("rate-of-five", ("Learning rate 5: the loss jumps and does not come down.", "学习率 5：损失来回跳动，降不下来。"), ("learning-rate", "5")),
        new("a-little-of-the-weights", ("A tenth of the weights added is weight decay of 0.1: a method of its own, and still not the gradient of this loss.", "只加十分之一的权重，就是系数为 0.1 的权重衰减：那是另一种方法，仍不是这个损失的梯度。"), ("added", "0.1")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var byHand = lab.Measure(("by hand", "手写"), seed => Error(Network.Random(seed), network => Backward(network, 0)));
        var engine = lab.Measure(("Gradus", "Gradus"), seed => Error(Network.Random(seed), Engine));
        var added = lab.Measure(("by hand, weights added", "手写，加上权重"), seed => Error(Network.Random(seed), network => Backward(network, Added)));

        var curves = new List<ChartLine>();
        int steps = lab.Pick(1200, 1500, 1500);
        Arm Train(Bilingual name, double weightsAdded, bool biases) => lab.Measure(name, seed =>
        {
            double[] best = [];
            for (ulong start = 0; start < 5; start++) // four ReLU units may start badly: the best of five starts, for every arm
            {
                double[] losses = Descend(Network.Random(10 * seed + start), steps, weightsAdded, biases);
                if (best.Length == 0 || losses[^1] < best[^1]) best = losses;
            }

            if (seed == lab.Seeds[0]) curves.Add(Thinned(name, best));
            return best[^1];
        });

        var right = Train(("right gradients, with biases", "正确的梯度，有偏置"), 0, biases: true);
        var decayed = Train(("weights added to the gradients", "梯度加上权重"), Added, biases: true);
        var unbiased = Train(("right gradients, no biases", "正确的梯度，无偏置"), 0, biases: false);
        lab.Show(new Chart("loss-by-step", ("Mean squared error on the way", "训练过程中的均方误差"), ("step", "步"), ("mean squared error", "均方误差"), curves) { LogX = true, LogY = true });
        lab.Show(Table(Network.Random(lab.Seeds[0])));

        Bilingual error = ("relative error against differences", "与差分的相对误差");
        return
        [
            Verdict.Holds("hand-written-gradients-are-right", [byHand, engine, added],
                Condition.AtMost(($"{error.En}, by hand", $"{error.Zh}，手写"), byHand.Median, 1e-3),
                Condition.AtMost(($"{error.En}, Gradus", $"{error.Zh}，Gradus"), engine.Median, 1e-3)),
            Verdict.Refutes("weights-added-to-gradients-are-gradients", [added, byHand, decayed, right],
                Condition.AtLeast(($"{error.En}, weights added", $"{error.Zh}，加上权重"), added.Median, 0.1),
                Condition.AtLeast(("loss at the end over that with right gradients", "最终损失与正确梯度时之比"), decayed.Median / right.Median, 3)),
            Verdict.Refutes("biases-can-be-left-out", [unbiased, right],
                Condition.AtLeast(("loss without biases", "无偏置时的损失"), unbiased.Median, 0.05),
                Condition.AtMost(("loss with biases over that without", "有偏置与无偏置损失之比"), right.Median / unbiased.Median, 0.3)),
        ];
    }

    /// <summary>All parameters in one array each, in the engine's order and layout: weights are [out, in].</summary>
    private sealed record Network(double[] W1, double[] B1, double[] W2, double[] B2)
    {
        public double[][] All => [W1, B1, W2, B2];

        public static Network Random(ulong seed)
        {
            float[][] drawn = [.. new Mlp342().Build(new RandomSource(seed)).Parameters.Select(parameter => parameter.ToArray())];
            new RandomSource(seed + 100).Normal(drawn[1], 0, 0.3f); // biases that are not 0, so that their gradients are tested as well
            new RandomSource(seed + 200).Normal(drawn[3], 0, 0.3f);
            double[][] wide = [.. drawn.Select(values => values.Select(value => (double)value).ToArray())];
            return new Network(wide[0], wide[1], wide[2], wide[3]);
        }
    }

    private double Target(int sample, int output) => ZeroTarget && sample == Inputs.GetLength(0) - 1 ? 0 : Targets[sample, output];

    private static (double[] Z, double[] A, double[] Y) Forward(Network network, int sample)
    {
        var (z, a, y) = (new double[Hidden], new double[Hidden], new double[Out]);
        for (int j = 0; j < Hidden; j++)
        {
            z[j] = network.B1[j];
            for (int i = 0; i < In; i++) z[j] += network.W1[j * In + i] * Inputs[sample, i];
            a[j] = Math.Max(z[j], 0);
        }

        for (int k = 0; k < Out; k++)
        {
            y[k] = network.B2[k];
            for (int j = 0; j < Hidden; j++) y[k] += network.W2[k * Hidden + j] * a[j];
        }

        return (z, a, y);
    }

    private double Loss(Network network)
    {
        int n = Inputs.GetLength(0);
        return Enumerable.Range(0, n).Sum(sample => Forward(network, sample).Y.Select((y, k) => Math.Pow(y - Target(sample, k), 2)).Sum()) / (n * Out);
    }

    // the gradients [dW1, db1, dW2, db2], plus what the mistake adds
    private double[][] Backward(Network network, double weightsAdded)
    {
        int n = Inputs.GetLength(0);
        double[][] gradient = [.. network.All.Select(values => values.Select(value => weightsAdded * value).ToArray())];
        for (int sample = 0; sample < n; sample++)
        {
            var (z, a, y) = Forward(network, sample);
            double[] dy = [.. y.Select((value, k) => 2 * (value - Target(sample, k)) / (n * Out))];
            for (int k = 0; k < Out; k++)
            {
                gradient[3][k] += dy[k];
                for (int j = 0; j < Hidden; j++) gradient[2][k * Hidden + j] += dy[k] * a[j];
            }

            for (int j = 0; j < Hidden; j++)
            {
                double dz = z[j] > 0 || !MaskNegative ? dy[0] * network.W2[j] + dy[1] * network.W2[Hidden + j] : 0;
                gradient[1][j] += dz;
                for (int i = 0; i < In; i++) gradient[0][j * In + i] += dz * Inputs[sample, i];
            }
        }

        return gradient;
    }

    // the same from the engine
    private double[][] Engine(Network network)
    {
        var model = new Mlp342().Build(new RandomSource(0));
        for (int i = 0; i < 4; i++) network.All[i].Select(value => (float)value).ToArray().CopyTo(model.Parameters[i].Span);
        int n = Inputs.GetLength(0);
        Tensor x = Tensor.From([.. Inputs.Cast<double>().Select(value => (float)value)], [n, In]);
        Tensor t = Tensor.From([.. Enumerable.Range(0, n * Out).Select(i => (float)Target(i / Out, i % Out))], [n, Out]);
        MeanSquaredError.Of(model.Forward(x), t).Backward();
        return [.. model.Parameters.Select(parameter => parameter.Gradient!.ToArray().Select(value => (double)value).ToArray())];
    }

    private double[][] Differences(Network network)
    {
        const double Step = 1e-6;
        double[][] slopes = [.. network.All.Select(values => new double[values.Length])];
        for (int tensor = 0; tensor < 4; tensor++)
        {
            double[] values = network.All[tensor];
            for (int i = 0; i < values.Length; i++)
            {
                double value = values[i];
                values[i] = value + Step;
                double high = Loss(network);
                values[i] = value - Step;
                slopes[tensor][i] = (high - Loss(network)) / (2 * Step);
                values[i] = value;
            }
        }

        return slopes;
    }

    // the largest distance over the largest slope, over all parameters
    private double Error(Network network, Func<Network, double[][]> backward)
    {
        double[] found = [.. backward(network).SelectMany(values => values)], slopes = [.. Differences(network).SelectMany(values => values)];
        return found.Zip(slopes, (a, b) => Math.Abs(a - b)).Max() / slopes.Max(Math.Abs);
    }

    private double[] Descend(Network network, int steps, double weightsAdded, bool biases)
    {
        if (!biases) Array.ForEach([network.B1, network.B2], Array.Clear);
        var losses = new double[steps];
        for (int step = 0; step < steps; step++)
        {
            losses[step] = Loss(network);
            double[][] gradient = Backward(network, weightsAdded);
            for (int tensor = 0; tensor < 4; tensor++)
            {
                if (tensor % 2 == 1 && !biases) continue;
                for (int i = 0; i < gradient[tensor].Length; i++) network.All[tensor][i] -= LearningRate * gradient[tensor][i];
            }
        }

        return losses;
    }

    private static ChartLine Thinned(Bilingual name, double[] losses)
    {
        int[] shown = [.. Enumerable.Range(0, 80).Select(i => (int)Math.Round(Math.Pow(losses.Length, i / 79.0))).Distinct()];
        return new ChartLine(name, [.. shown.Select(step => (double)step)], [.. shown.Select(step => losses[step - 1])]);
    }

    private ResultTable Table(Network network)
    {
        double[][] hand = Backward(network, 0), engine = Engine(network), slopes = Differences(network);
        string[] names = ["dW1", "db1", "dW2", "db2"];
        static Bilingual Text(double value) => FormattableString.Invariant($"{value:0.000000}");
        return new ResultTable(
            "gradients", ("Some of the gradients, three ways", "部分梯度，三种求法"), ["", ("by hand", "手写"), "Gradus", ("differences", "差分")],
            [.. Enumerable.Range(0, 4).SelectMany(tensor => Enumerable.Range(0, 2).Select(i => (IReadOnlyList<Bilingual>)[$"{names[tensor]}[{i}]", Text(hand[tensor][i]), Text(engine[tensor][i]), Text(slopes[tensor][i])]))]);
    }
}
