using Gradus.Data;
using Gradus.Layers;

namespace Gradus.Labs.Optimization;

/// <summary>On a real network RMSProp, Adam and AdamW are ahead of plain gradient descent after the first steps, each at its best learning rate.</summary>
/// <remarks>
/// The same network, start, batches and number of steps for all. Every method has the best rate of its own grid, three to a decade. It is the start that is measured: after long trainings well-tuned SGD with
/// momentum is as good. Kingma and Ba 2015, https://arxiv.org/abs/1412.6980; Wilson et al. 2017, https://arxiv.org/abs/1705.08292.
/// </remarks>
public sealed class OptimizersOnFashion : Lab
{
    private static readonly float[] SgdRates = [0.01f, 0.03f, 0.1f, 0.3f], AdaptiveRates = [0.0003f, 0.001f, 0.003f];

    [Knob(1e-8, 10, En = "epsilon of RMSProp, Adam and AdamW: large, and they divide all gradients by the same", Zh = "RMSProp、Adam、AdamW 的 ε：取大值时，所有梯度都除以同一个数")]
    public double Epsilon { get; init; } = 1e-8;

    [Knob(1, 10, En = "hidden layers", Zh = "隐藏层数")]
    public int Depth { get; init; } = 3;

    public override Bilingual Title => (
        "Adaptive methods start faster than plain gradient descent on Fashion-MNIST",
        "在 Fashion-MNIST 上，自适应方法起步快于普通梯度下降");

    public override IReadOnlyList<string> Data => [Sets.Fashion];

    public override IReadOnlyList<Preset> Presets =>
    [
        new("large-epsilon", ("ε = 10 drowns the second moment: every gradient is divided by ten, and what is left is slow plain descent.", "ε = 10 淹没了二阶矩：所有梯度都除以十，剩下的只是缓慢的普通下降。"), ("epsilon", "10")),
        new("deeper", ("Eight hidden layers, whose gradients differ more in size: the lead grows.", "八个隐藏层，各层梯度大小差别更大：领先更多。"), ("depth", "8")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var (all, _) = lab.Load(Sets.Fashion);
        var training = LabContext.Some(all, lab.Pick(1920, 6400, 12800), seed: 0);
        var normalization = Normalization.Of(training);
        var curves = new List<ChartLine>();

        Arm Loss(Bilingual name, float[] rates, Func<IEnumerable<Parameter>, float, Optimizer> make) => lab.Measure(name, seed =>
        {
            LabTraining? best = null;
            foreach (float rate in rates)
            {
                var network = Network(seed);
                var result = lab.Fit(network, make(network.Parameters, rate), LabContext.Batches(training, 64, seed, normalization), epochs: 1, line: ($"{name.En}, rate {rate}", $"{name.Zh}，学习率 {rate}"));
                if (result.Diverged is null && (best is null || End(result) < End(best))) best = result;
            }

            if (seed == lab.Seeds[0] && best is not null) curves.Add(best.Line(name));
            return best is null ? double.PositiveInfinity : End(best);
        });

        float epsilon = (float)Epsilon;
        var sgd = Loss("SGD", SgdRates, (parameters, rate) => new Sgd(parameters, rate));
        var momentum = Loss(("SGD with momentum 0.9", "SGD，动量 0.9"), [0.003f, .. SgdRates[..3]], (parameters, rate) => new Sgd(parameters, rate, momentum: 0.9f));
        var rmsProp = Loss("RMSProp", AdaptiveRates, (parameters, rate) => new RmsProp(parameters, rate, epsilon: epsilon));
        var adam = Loss("Adam", AdaptiveRates, (parameters, rate) => new Adam(parameters, rate, epsilon: epsilon));
        var adamW = Loss("AdamW", AdaptiveRates, (parameters, rate) => new AdamW(parameters, rate, epsilon: epsilon));
        lab.Show(new Chart("loss-by-step", ("Training loss in the first epoch, each at its best rate", "第一轮的训练损失（各取最佳学习率）"), ("step", "步"), ("loss", "损失"), curves));
        return
        [
            Verdict.Holds("adaptive-methods-start-faster", [sgd, momentum, rmsProp, adam, adamW],
                [.. ((Arm[])[rmsProp, adam, adamW]).Select(arm => Condition.AtMost(($"loss of {arm.Name.En} over that of plain SGD", $"{arm.Name.Zh} 与普通 SGD 损失之比"), arm.Median / sgd.Median, 0.99))]),
        ];
    }

    // The mean over the last fifth of the steps: a single batch's loss jumps about.
    private static double End(LabTraining result) => result.Losses.TakeLast(Math.Max(1, result.Losses.Count / 5)).Average();

    private Sequential Network(ulong seed)
    {
        var random = new RandomSource(seed);
        List<Layer> layers = [new Flatten()];
        for (int i = 0; i < Depth; i++) layers.AddRange([new Linear(i == 0 ? 28 * 28 : 128, 128, random: random), new Relu()]);
        return new Sequential([.. layers, new Linear(128, 10, random: random)]);
    }
}
