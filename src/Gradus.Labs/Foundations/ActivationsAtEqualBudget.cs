using System.Numerics.Tensors;
using Gradus.Data;
using Gradus.Initializers;
using Gradus.Layers;
using Gradus.Schedules;

namespace Gradus.Labs.Foundations;

/// <summary>In a deep dense network and with the same data, steps and optimiser, ReLU, leaky ReLU, GELU and SiLU end above the sigmoid.</summary>
/// <remarks>
/// Each function starts with the weights that suit it (Xavier's for sigmoid and tanh, He's for the others). The reason is the gradient: a sigmoid's derivative is at most a quarter,
/// and the product over the layers leaves nothing for the first. In a shallow network the difference nearly goes. Glorot, Bordes and Bengio 2011, "Deep sparse rectifier neural networks".
/// </remarks>
public sealed class ActivationsAtEqualBudget : Lab
{
    private const int Width = 100;

    private static readonly (Bilingual Name, Func<Layer> Make, bool Bounded)[] Functions =
    [
        ("sigmoid", () => new Sigmoid(), true), ("tanh", () => new Tanh(), true), ("ReLU", () => new Relu(), false),
        ("leaky ReLU", () => new LeakyRelu(), false), ("GELU", () => new Gelu(), false), ("SiLU", () => new Silu(), false),
    ];

    [Knob(1, 20, En = "hidden layers", Zh = "隐藏层数")]
    public int Depth { get; init; } = 10;

    [Knob(0.0001, 0.01, En = "Adam's learning rate, the same for all", Zh = "Adam 的学习率，各组相同")]
    public double LearningRate { get; init; } = 1e-3;

    [Knob(0.001, 4, En = "multiplies He's weights of the unbounded functions", Zh = "无界函数各组 He 权重的倍数")]
    public double InitializationScale { get; init; } = 1;

    public override Bilingual Title => (
        "Ten hidden layers, equal budget: ReLU, leaky ReLU, GELU and SiLU beat the sigmoid",
        "十个隐藏层、同等预算：ReLU、leaky ReLU、GELU、SiLU 均胜过 sigmoid");

    public override IReadOnlyList<string> Data => [Sets.Fashion];

    public override IReadOnlyList<Preset> Presets =>
    [
        new("shallow", ("One hidden layer: the sigmoid is almost as good. It is depth that it does not stand.", "只有一个隐藏层：sigmoid 几乎一样好。它受不了的是深度。"), ("depth", "1")),
        new("too-small", ("He's weights times 0.001: signal and gradient of ReLU and its kin vanish as the sigmoid's do. The function alone is no cure; it needs its scale.", "He 权重乘 0.001：ReLU 一族的信号与梯度同样消失。只换激活函数并不够，还要配上相应的尺度。"), ("initialization-scale", "0.001")),
        new("too-fast", ("Ten times the rate: the unbounded functions now suffer too.", "学习率放大十倍：无界的函数也开始受害。"), ("learning-rate", "0.01")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var (all, tests) = lab.Load(Sets.Fashion);
        var training = LabContext.Some(all, lab.Pick(1500, 8000, 30000), seed: 0);
        var test = LabContext.Some(tests, lab.Pick(500, 2000, tests.Count), seed: 0);
        var normalization = Normalization.Of(training);
        int epochs = lab.Pick(2, 3, 4), batch = lab.Pick(32, 64, 64);
        var curves = new List<ChartLine>();

        Arm[] arms =
        [
            .. Functions.Select(function => lab.Measure(function.Name, seed =>
            {
                var network = Network(function.Make, function.Bounded, seed);
                var result = lab.Fit(
                    network, new Adam(network.Parameters, (float)LearningRate), LabContext.Batches(training, batch, seed, normalization), epochs,
                    schedule: new CosineSchedule(epochs * ((training.Count + batch - 1) / batch)), line: function.Name);
                if (seed == lab.Seeds[0]) curves.Add(result.Line(function.Name));
                return lab.Accuracy(network, LabContext.Batches(test, 250, normalization: normalization));
            })),
        ];

        lab.Show(new Chart("loss-by-activation", ("Training loss with each activation function", "各激活函数的训练损失"), ("step", "步"), ("loss", "损失"), curves));
        lab.Show(new ResultTable(
            "accuracy", ("Test accuracy after equal steps", "同样步数后的测试准确率"), [("activation", "激活函数"), ("accuracy", "准确率")],
            [.. arms.Select(arm => (IReadOnlyList<Bilingual>)[arm.Name, FormattableString.Invariant($"{arm.Median:P1}")])]));
        return
        [
            Verdict.Holds("relu-family-beats-sigmoid", arms,
                [.. arms.Skip(2).Select(arm => Condition.AtLeast(($"accuracy of {arm.Name.En} minus that of sigmoid", $"{arm.Name.Zh} 与 sigmoid 准确率之差"), arm.Median - arms[0].Median, 0.02))]),
        ];
    }

    private Sequential Network(Func<Layer> activation, bool bounded, ulong seed)
    {
        var random = new RandomSource(seed);
        List<Layer> layers = [new Flatten()];
        for (int i = 0; i < Depth; i++)
        {
            var linear = new Linear(i == 0 ? 28 * 28 : Width, Width, random: random);
            if (bounded) Xavier.Normal(linear.Weight, random);
            else TensorPrimitives.Multiply(linear.Weight.Span, (float)InitializationScale, linear.Weight.Span);
            layers.AddRange([linear, activation()]);
        }

        return new Sequential([.. layers, new Linear(Width, 10, random: random)]);
    }
}
