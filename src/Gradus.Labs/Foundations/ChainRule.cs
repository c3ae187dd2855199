using System.Globalization;
using Gradus.Graph;
using Gradus.Layers;
using Gradus.Losses;
using Gradus.Ops;
using Gradus.Plots;

namespace Gradus.Labs.Foundations;

/// <summary>The backward pass is the chain rule over the recorded graph: the gradients that it gives equal central differences.</summary>
/// <remarks>
/// A small tanh network with a shortcut, so that the loss depends on one value along two paths, whose contributions must be added. The control is the same network with one
/// of the paths cut off for the gradient alone. The error of a parameter tensor is its largest distance from the differences over the largest of these; the worst tensor
/// counts. Rumelhart, Hinton and Williams 1986, "Learning representations by back-propagating errors"; Griewank and Walther 2008, "Evaluating derivatives", chapter 3.
/// </remarks>
public sealed class ChainRule : Lab
{
    private const int Inputs = 6, Width = 8, Classes = 3, Samples = 16;

    [Knob(1e-7, 1, En = "h of the central differences", Zh = "中心差分的步长 h")]
    public double Step { get; init; } = 0.01;

    [Knob(En = "cuts one of the two paths off for the gradient", Zh = "求梯度时切断两条路径之一")]
    public bool CutPath { get; init; }

    public override Bilingual Title => (
        "The backward pass is the chain rule over the recorded graph: its gradients equal differences",
        "反向传播就是在所记录的计算图上应用链式法则：所得梯度与差分一致");

    public override IReadOnlyList<Preset> Presets =>
    [
        new("cut-path", ("One path carries no gradient: all values are the same as before, and the gradients are wrong. Nothing but such a comparison shows it.", "一条路径不传梯度：所有数值与之前完全相同，梯度却错了。只有这样的对照才能发现。"), ("cut-path", "true")),
        new("step-too-small", ("h = 1e-6: the two losses agree in nearly all their digits, and what is left of their difference is rounding. The differences are wrong here, not the gradients.", "h = 1e-6：两个损失几乎每一位都相同，相减后只剩舍入误差。这里错的是差分，不是梯度。"), ("step", "1e-6")),
        new("step-too-large", ("h = 1: the curve bends between the two points.", "h = 1：两点之间曲线已经弯曲。"), ("step", "1")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        double Error(ulong seed, bool cut, double step)
        {
            var network = new Branched(new RandomSource(seed), cut);
            var (x, labels) = Batch(seed);
            Tensor Loss() => CrossEntropy.Of(network.Forward(x), labels);
            Loss().Backward();
            return network.Parameters.Max(parameter => CentralDifferences.Distance(parameter.Gradient!, CentralDifferences.Of(Loss, parameter, (float)step)));
        }

        var backward = lab.Measure(("backward pass", "反向传播"), seed => Error(seed, CutPath, Step));
        var cut = lab.Measure(("backward pass with one path cut off", "切断一条路径的反向传播"), seed => Error(seed, cut: true, Step));

        double[] steps = [.. Enumerable.Range(0, lab.Pick(7, 13, 19)).Select(i => Math.Pow(10, -6 + 6.0 * i / (lab.Pick(7, 13, 19) - 1)))];
        lab.Show(new Chart(
            "error-by-step", ("Relative error between gradient and central differences", "梯度与中心差分的相对误差"), ("h", "步长 h"), ("relative error", "相对误差"),
            [
                new ChartLine(backward.Name, steps, [.. steps.Select(step => Error(lab.Seeds[0], CutPath, step))]),
                new ChartLine(cut.Name, steps, [.. steps.Select(step => Error(lab.Seeds[0], cut: true, step))]),
            ])
        { LogX = true, LogY = true });
        lab.Show("graph", ("A small graph as the engine recorded it: values (blue) from left to right, gradients (red) from right to left", "引擎记录的一张小计算图：数值（蓝）从左到右，梯度（红）从右到左"), path => GraphPlot.Save(path, Graph()));
        Bilingual worst = ("largest relative error of a gradient", "梯度的最大相对误差");
        return
        [
            Verdict.Holds("backward-equals-differences", [backward, cut],
                Condition.AtMost(worst, backward.Median, 1e-3),
                Condition.AtLeast(("the same with one path cut off", "切断一条路径时的同一误差"), cut.Median, 0.1)),
        ];
    }

    /// <summary>y = W₃ (tanh(W₂ a) + a), a = tanh(W₁ x): the loss depends on a along two paths.</summary>
    private sealed class Branched(RandomSource random, bool cut) : Layer
    {
        private readonly Linear _first = new(Inputs, Width, random: random), _second = new(Width, Width, random: random), _last = new(Width, Classes, random: random);

        public override Tensor Forward(Tensor x)              // [n, 6]
        {
            var a = _first.Forward(x).Tanh();                  // [n, 8]
            var inner = _second.Forward(cut ? a.Detach() : a).Tanh();
            return _last.Forward(inner + a);                   // [n, 3]
        }
    }

    private static (Tensor Inputs, IntTensor Labels) Batch(ulong seed)
    {
        var random = new RandomSource(seed + 1000);
        var x = Tensor.Zeros([Samples, Inputs]);
        random.Normal(x.Span);
        return (x, new IntTensor([.. Enumerable.Range(0, Samples).Select(_ => random.Next(Classes))]));
    }

    // loss = (tanh(w x + b) - t)², and every intermediate asked for its gradient.
    private static GraphNode[] Graph()
    {
        static Tensor Keep(Tensor tensor)
        {
            tensor.RequiresGradient = true;
            return tensor;
        }

        Tensor x = Keep(Tensor.Scalar(0.5f)), w = Keep(Tensor.Scalar(2)), b = Keep(Tensor.Scalar(-0.6f)), t = Keep(Tensor.Scalar(1));
        Tensor product = Keep(w * x), sum = Keep(product + b), y = Keep(sum.Tanh()), error = Keep(y - t), loss = Keep(error.Square());
        loss.Backward();
        static string[] Text(string name, Tensor tensor) =>
            [name, string.Create(CultureInfo.InvariantCulture, $"{tensor.Item():0.0000}"), string.Create(CultureInfo.InvariantCulture, $"{tensor.Gradient!.Item():0.0000}")];
        return
        [
            new(Text("x", x), 0, 0), new(Text("w", w), 0, 1), new(Text("b", b), 0, 2), new(Text("t", t), 0, 3),
            new(Text("w · x", product), 1, 0.5, 0, 1), new(Text("+ b", sum), 2, 1, 4, 2), new(Text("y = tanh", y), 3, 1.5, 5),
            new(Text("y − t", error), 4, 2, 6, 3), new(Text("loss = (y − t)²", loss), 5, 2, 7),
        ];
    }
}
