using System.Numerics.Tensors;
using Gradus.Initializers;
using Gradus.Layers;
using Gradus.Losses;

namespace Gradus.Labs.Problems;

/// <summary>A deep sigmoid network with small random weights loses its gradient on the way back; each of four cures, alone, keeps it.</summary>
/// <remarks>
/// Every arm is a chain of equal layers between an input and an output layer. What is measured, before any step, is the norm of the loss'
/// gradient with respect to the output of the first of them over that of the last. (The gradients of the weights would not do: in a ReLU network
/// they are of one size in all layers whatever its scale, because the inner product of weights and gradient is the same in each.) Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward
/// neural networks"; He, Zhang, Ren and Sun 2015, https://arxiv.org/abs/1502.01852.
/// </remarks>
public sealed class VanishingGradients : Lab
{
    private const int Width = 64, Samples = 256;
    private const float SmallDeviation = 0.08f; // weights "small and random", as if their number did not matter

    [Knob(2, 60, En = "layers between input and output layer", Zh = "输入层与输出层之间的层数")]
    public int Depth { get; init; } = 30;

    [Knob(0.05, 4, En = "multiplies the weights of the Xavier and He arms", Zh = "Xavier、He 两组权重的倍数")]
    public double InitializationScale { get; init; } = 1;

    [Knob(En = "whether the batch-norm arm normalises", Zh = "批归一化组是否真的归一化")]
    public bool Normalize { get; init; } = true;

    [Knob(En = "whether the residual arm has its shortcuts", Zh = "残差组是否有捷径")]
    public bool Shortcut { get; init; } = true;

    public override Bilingual Title => (
        "Thirty sigmoid layers lose the gradient; Xavier or He weights, ReLU, batch normalisation or shortcuts keep it",
        "三十层 sigmoid 丢失梯度；Xavier/He 初始化、ReLU、批归一化、残差捷径都能保住它");

    public override IReadOnlyList<string> Data => [Sets.Fashion];

    public override IReadOnlyList<Preset> Presets =>
    [
        new("shallow", ("Five layers: the sigmoid still loses a factor of some hundreds, but a training gets over it.", "只有五层：sigmoid 仍损失几百倍，但训练还过得去。"), ("depth", "5")),
        new("too-small", ("He's weights times 0.3: ReLU alone does not help, it needs the right scale.", "He 权重乘 0.3：只换 ReLU 并不够，尺度也要对。"), ("initialization-scale", "0.3")),
        new("too-large", ("He's weights times 2: the same product of Jacobians now explodes.", "He 权重乘 2：同一串雅可比矩阵之积转而爆炸。"), ("initialization-scale", "2")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var (inputs, labels) = LabContext.Samples(LabContext.Some(lab.Load(Sets.Fashion).Train, Samples, seed: 0));
        var profiles = new List<ChartLine>();

        Arm Ratio(Bilingual name, Func<RandomSource, Layer> block, Action<Tensor, RandomSource> initialize) => lab.Measure(name, seed =>
        {
            var random = new RandomSource(seed);
            var blocks = Enumerable.Range(0, Depth).Select(_ => new Tapped(block(random))).ToArray();
            var network = new Sequential([new Flatten(), new Linear(28 * 28, Width, random: random), .. blocks, new Linear(Width, 10, random: random)]);
            foreach (var weight in blocks.SelectMany(layer => layer.Parameters).Where(parameter => parameter.Shape.Rank == 2)) initialize(weight, random);
            CrossEntropy.Of(network.Forward(inputs), labels).Backward();
            double[] norms = [.. blocks.Select(layer => (double)TensorPrimitives.Norm<float>(layer.Output!.Gradient!.Span))];
            if (seed == lab.Seeds[0]) profiles.Add(ChartLine.Counted(name, norms));
            return norms[0] / norms[^1];
        });

        var sigmoid = Ratio(("sigmoid, small weights", "sigmoid，小权重"), random => Dense(random, new Sigmoid()), Small);
        var smallTanh = Ratio(("tanh, small weights", "tanh，小权重"), random => Dense(random, new Tanh()), Small);
        var tanh = Ratio(("tanh, Xavier", "tanh，Xavier"), random => Dense(random, new Tanh()), (weight, random) => Scaled(weight, random, (w, r) => Xavier.Normal(w, r)));
        var xavierSigmoid = Ratio(("sigmoid, Xavier", "sigmoid，Xavier"), random => Dense(random, new Sigmoid()), (weight, random) => Xavier.Normal(weight, random));
        var relu = Ratio(("ReLU, He", "ReLU，He"), random => Dense(random, new Relu()), (weight, random) => Scaled(weight, random, He.Normal));
        var normalized = Ratio(("sigmoid, small weights, batch norm", "sigmoid，小权重，批归一化"), Normalized, Small);
        var residual = Ratio(("sigmoid, small weights, shortcuts", "sigmoid，小权重，捷径"), Shortened, Small);

        lab.Show(new Chart("gradient-by-layer", ("Norm of the gradient with respect to each layer's output", "损失对各层输出的梯度范数"), ("layer", "层"), ("gradient norm", "梯度范数"), profiles) { LogY = true });
        return
        [
            Verdict.Holds("deep-sigmoid-loses-gradient", [sigmoid, relu], Condition.AtMost(First, sigmoid.Median, 1e-6)),
            Keeps("initialization-keeps-the-gradient", tanh, smallTanh),
            Keeps("relu-keeps-the-gradient", relu, xavierSigmoid),
            Keeps("batch-norm-keeps-the-gradient", normalized, sigmoid),
            Keeps("residual-keeps-the-gradient", residual, sigmoid),
        ];
    }

    /// <summary>Remembers what its layer gave, and asks for the gradient of that.</summary>
    private sealed class Tapped(Layer inner) : Layer
    {
        private readonly Layer _inner = inner;

        public Tensor? Output { get; private set; }

        public override Tensor Forward(Tensor x)
        {
            Output = _inner.Forward(x);
            Output.RequiresGradient = true;
            return Output;
        }
    }

    private static Bilingual First => ("gradient norm of the first layer over the last", "首层与末层梯度范数之比");

    // A cure keeps a tenth at least, where the same network without it keeps a thousandth at most.
    private static Verdict Keeps(string claim, Arm cured, Arm sick) => Verdict.Holds(
        claim, [cured, sick], Condition.AtLeast(First, cured.Median, 0.1), Condition.AtMost(("the same without the cure", "无此措施时的同一比值"), sick.Median, 1e-3));

    private static Sequential Dense(RandomSource random, Layer activation) => new(new Linear(Width, Width, random: random), activation);

    private Sequential Normalized(RandomSource random) => Normalize
        ? new Sequential(new Linear(Width, Width, random: random), new BatchNorm(Width), new Sigmoid())
        : Dense(random, new Sigmoid());

    private Layer Shortened(RandomSource random) => Shortcut ? new Residual(Dense(random, new Sigmoid())) : Dense(random, new Sigmoid());

    private static void Small(Tensor weight, RandomSource random) => random.Normal(weight.Span, 0, SmallDeviation);

    private void Scaled(Tensor weight, RandomSource random, Action<Tensor, RandomSource> initialize)
    {
        initialize(weight, random);
        TensorPrimitives.Multiply(weight.Span, (float)InitializationScale, weight.Span);
    }
}
