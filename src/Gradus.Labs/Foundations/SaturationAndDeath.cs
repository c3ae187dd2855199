using Gradus.Data;
using Gradus.Initializers;
using Gradus.Layers;
using Gradus.Ops;

namespace Gradus.Labs.Foundations;

/// <summary>Sigmoid units that start with large weights saturate; ReLU units trained at a large rate die, leaky ones do not.</summary>
/// <remarks>
/// Three hidden layers on Fashion-MNIST. Saturated: an output within 0.02 of 0 or 1, where the derivative is below 0.02, over all units and test pictures
/// after training; one arm starts with weights of deviation 1, the other with Xavier's. Dead: a unit whose output changes with its input on no test picture, that is, whose gradient
/// is 0 on all of them. Glorot and Bengio 2010; Maas, Hannun and Ng 2013, "Rectifier nonlinearities improve neural network acoustic models".
/// </remarks>
public sealed class SaturationAndDeath : Lab
{
    private const int Width = 128, Hidden = 3;

    [Knob(0.01, 2, En = "deviation of the weights with which the first sigmoid network starts", Zh = "第一个 sigmoid 网络初始权重的标准差")]
    public double StartDeviation { get; init; } = 1;

    [Knob(0.0001, 1, En = "Adam's learning rate for the ReLU networks; the usual one is 0.001", Zh = "ReLU 网络的学习率（Adam，通常取 0.001）")]
    public double LearningRate { get; init; } = 0.03;

    [Knob(0, 0.3, En = "slope of the leaky ReLU left of 0", Zh = "leaky ReLU 在零点左侧的斜率")]
    public double Leak { get; init; } = 0.01;

    public override Bilingual Title => (
        "Large weights saturate sigmoids; a large learning rate kills ReLU units, and no leaky ones",
        "权重过大使 sigmoid 饱和；学习率过大使 ReLU 单元死亡，leaky ReLU 则不会");

    public override IReadOnlyList<string> Data => [Sets.Fashion];

    public override IReadOnlyList<Preset> Presets =>
    [
        new("small-start", ("Small weights at the start: the sigmoids stay in their middle, where they learn.", "初始权重小：sigmoid 停留在可以学习的中段。"), ("start-deviation", "0.05")),
        new("usual-rate", ("The usual rate, 0.001: no step is long enough to throw a unit off the data, and hardly one dies.", "通常的学习率 0.001：没有哪一步能把单元推出数据所在的区域，几乎没有单元死亡。"), ("learning-rate", "0.001")),
        new("no-leak", ("A leak of 0 is ReLU: the cure is the slope, however small.", "泄漏取 0 就是 ReLU：起作用的正是那一点斜率，哪怕再小。"), ("leak", "0")),
        new("absurd-rate", ("A rate of 0.5: nearly the whole ReLU network is dead after a few steps, and with it every gradient that could revive it.", "学习率 0.5：几步之内几乎整个 ReLU 网络都死了，能让它复活的梯度也随之消失。"), ("learning-rate", "0.5")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var (all, tests) = lab.Load(Sets.Fashion);
        var training = LabContext.Some(all, lab.Pick(1500, 8000, 30000), seed: 0);
        var normalization = Normalization.Of(training);
        var test = LabContext.Samples(LabContext.Some(tests, lab.Pick(500, 1000, 2000), seed: 0), normalization).Inputs;
        int epochs = lab.Pick(2, 2, 3);
        var profiles = new Dictionary<string, double[]>();

        Arm Share(Bilingual name, Func<Layer> activation, Action<Tensor, RandomSource> initialize, Func<IEnumerable<Parameter>, Optimizer> make, Func<Tensor, Tensor, bool[]> marks) => lab.Measure(name, seed =>
        {
            var network = Network(activation, initialize, seed);
            var result = lab.Fit(network, make(network.Parameters), LabContext.Batches(training, 64, seed, normalization), epochs, line: name);
            if (result.Diverged is not null) return double.NaN; // nothing is left to be counted
            double[] shares = [.. Activations(network, test).Select(pair => marks(pair.Before, pair.After)).Select(marked => marked.Count(is_ => is_) / (double)marked.Length)];
            profiles.TryAdd(name.En, shares);
            return shares.Average();
        });

        var large = Share(($"sigmoid, weights of deviation {StartDeviation}", $"sigmoid，权重标准差 {StartDeviation}"), () => new Sigmoid(), (weight, random) => random.Normal(weight.Span, 0, (float)StartDeviation), Plain, Saturated);
        var small = Share(("sigmoid, Xavier", "sigmoid，Xavier"), () => new Sigmoid(), (weight, random) => Xavier.Normal(weight, random), Plain, Saturated);
        var relu = Share("ReLU", () => new Relu(), He.Normal, Fast, Dead);
        var leaky = Share("leaky ReLU", () => new LeakyRelu((float)Leak), He.Normal, Fast, Dead);

        lab.Show(Profile("saturated-by-layer", ("Share of saturated sigmoid outputs in each layer, after training", "训练后各层饱和的 sigmoid 输出比例"), large, small));
        lab.Show(Profile("dead-by-layer", ("Share of dead units in each layer, after training", "训练后各层死亡单元的比例"), relu, leaky));
        return
        [
            Verdict.Holds("sigmoid-saturates", [large, small],
                Condition.AtLeast(("saturated share, large start over small", "饱和比例：大初始权重与小初始权重之比"), large.Median / Math.Max(small.Median, 1e-9), 3),
                Condition.AtLeast(("saturated share with large weights", "大权重时的饱和比例"), large.Median, 0.2)),
            Verdict.Holds("relu-units-die", [relu, leaky],
                Condition.AtLeast(("dead ReLU units", "死亡的 ReLU 单元"), relu.Median, 0.1),
                Condition.AtMost(("dead leaky ReLU units", "死亡的 leaky ReLU 单元"), leaky.Median, 0)),
        ];

        Chart Profile(string name, Bilingual title, params Arm[] arms) => new(
            name, title, ("hidden layer", "隐藏层"), ("share", "比例"), [.. arms.Where(arm => profiles.ContainsKey(arm.Name.En)).Select(arm => ChartLine.Counted(arm.Name, profiles[arm.Name.En]))]);
    }

    private static Sgd Plain(IEnumerable<Parameter> parameters) => new(parameters, 0.1f);

    private Adam Fast(IEnumerable<Parameter> parameters) => new(parameters, (float)LearningRate);

    private static Sequential Network(Func<Layer> activation, Action<Tensor, RandomSource> initialize, ulong seed)
    {
        var random = new RandomSource(seed);
        List<Layer> layers = [new Flatten()];
        for (int i = 0; i < Hidden; i++)
        {
            var linear = new Linear(i == 0 ? 28 * 28 : Width, Width, random: random);
            initialize(linear.Weight, random);
            layers.AddRange([linear, activation()]);
        }

        return new Sequential([.. layers, new Linear(Width, 10, random: random)]);
    }

    // What goes into every activation, and what comes out, [samples, units]; the input has the gradient of the output's sum.
    private static IEnumerable<(Tensor Before, Tensor After)> Activations(Sequential network, Tensor x)
    {
        foreach (var layer in network.Layers)
        {
            if (layer is Linear or Flatten)
            {
                x = layer.Forward(x).Detach();
                continue;
            }

            var before = x.Clone();
            before.RequiresGradient = true;
            x = layer.Forward(before);
            x.Sum().Backward();
            yield return (before, x);
        }
    }

    // one mark for each output
    private static bool[] Saturated(Tensor before, Tensor after) => [.. after.ToArray().Select(y => y < 0.02f || y > 0.98f)];

    // one mark for each unit; a gradient that is not a number is no life, but no proof of death either
    private static bool[] Dead(Tensor before, Tensor after)
    {
        int units = before.Shape[1];
        var dead = new bool[units];
        Array.Fill(dead, true);
        var slopes = before.Gradient!.Span;
        for (int i = 0; i < slopes.Length; i++) dead[i % units] &= slopes[i] == 0;
        return dead;
    }
}
