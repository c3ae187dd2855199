using System.Numerics.Tensors;
using Gradus.Ops;

namespace Gradus.Labs.Foundations;

/// <summary>The ranges, symmetries and derivatives of the activation functions, as the engine computes them.</summary>
/// <remarks>
/// Each function is applied to 100,001 random numbers: no value leaves the stated range, tanh and σ - ½ are odd, and the derivatives that <see cref="Tensor.Backward"/>
/// gives equal central differences (ReLU and leaky ReLU away from their corner). ReLU, which is not odd, is the control. Glorot and Bengio 2010; Hendrycks and Gimpel 2016,
/// https://arxiv.org/abs/1606.08415; Ramachandran, Zoph and Le 2017, https://arxiv.org/abs/1710.05941.
/// </remarks>
public sealed class ActivationRanges : Lab
{
    private const int Count = 100_001;
    private const float Step = 1e-2f;

    private static readonly Function[] Functions =
    [
        new("sigmoid", x => x.Sigmoid(), 0, 1, Centre: 0.5f),
        new("tanh", x => x.Tanh(), -1, 1, Centre: 0),
        new("ReLU", x => x.Relu(), 0, double.PositiveInfinity, HasCorner: true),
        new("leaky ReLU", x => x.LeakyRelu(), -0.01 * 20, double.PositiveInfinity, HasCorner: true),
        new("GELU", x => x.Gelu(), -0.1700, double.PositiveInfinity),
        new("SiLU", x => x.Silu(), -0.2785, double.PositiveInfinity),
        new("softmax", x => Tensor.Concat(1, x.Reshape(-1, 1), Tensor.Zeros([x.Count, 1])).Softmax().Slice(1, 0, 1).Reshape(x.Count), 0, 1),
    ];

    [Knob(1, 80, En = "the numbers are drawn between minus and plus this", Zh = "自变量在正负此值之间抽取")]
    public double Range { get; init; } = 20;

    [Knob(-1, 1, En = "added to the input of every function: a unit's bias", Zh = "加到每个函数输入上的数：即单元的偏置")]
    public double Shift { get; init; }

    public override Bilingual Title => (
        "Ranges, symmetry and derivatives of sigmoid, tanh, ReLU, leaky ReLU, GELU, SiLU and softmax",
        "sigmoid、tanh、ReLU、leaky ReLU、GELU、SiLU 与 softmax 的值域、对称性和导数");

    public override IReadOnlyList<Preset> Presets =>
    [
        new("shifted", ("A bias of a half: tanh(x + b) is no longer odd. The symmetry belongs to the function, not to the unit.", "偏置取 0.5：tanh(x + b) 不再是奇函数。对称性属于函数本身，而不属于单元。"), ("shift", "0.5")),
        new("far-out", ("Up to ±80: in single precision σ(80) is exactly 1 and tanh(20) too. The open ends of the ranges are closed by rounding.", "直到 ±80：单精度下 σ(80) 恰好等于 1，tanh(20) 也是。开区间的端点被舍入闭合了。"), ("range", "80")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var outside = lab.Measure(("share of values outside the stated range", "落在所述值域之外的比例"), seed => Functions.Sum(f => Outside(f, Sample(seed))) / (Functions.Length * (double)Count));
        var asymmetry = lab.Measure(("asymmetry of tanh and of sigmoid - ½", "tanh 与 sigmoid − ½ 的不对称度"), seed => Functions.Where(f => f.Centre is not null).Max(f => Asymmetry(f, Sample(seed))));
        var relu = lab.Measure(("asymmetry of ReLU", "ReLU 的不对称度"), seed => Asymmetry(Functions[2] with { Centre = 0 }, Sample(seed)));
        var slopes = lab.Measure(("derivatives against differences", "导数与差分之差"), seed => Functions.Max(f => SlopeError(f, Sample(seed))));

        lab.Show(Curves("activation-curves", ("Activation functions", "激活函数"), (f, x) => Apply(f, x).ToArray()));
        lab.Show(Curves("activation-derivatives", ("Their derivatives", "激活函数的导数"), Slopes));
        lab.Show(new ResultTable(
            "ranges", ("What was found in 100,001 numbers", "在 100,001 个数上的结果"), [("function", "函数"), ("least value", "最小值"), ("greatest value", "最大值"), ("largest derivative", "最大导数")],
            [.. Functions.Select(f => (IReadOnlyList<Bilingual>)[f.Name, .. Summary(f, Sample(lab.Seeds[0]))])]));
        return
        [
            Verdict.Holds("ranges-and-symmetry", [outside, asymmetry, relu, slopes],
                Condition.AtMost(outside.Name, outside.Median, 0),
                Condition.AtMost(asymmetry.Name, asymmetry.Median, 1e-6),
                Condition.AtLeast(("asymmetry of ReLU, which is not odd", "ReLU 不是奇函数，其不对称度"), relu.Median, 1),
                Condition.AtMost(slopes.Name, slopes.Median, 1e-3)),
        ];
    }

    // Centre: f - Centre is odd, where there is one
    private sealed record Function(string Name, Func<Tensor, Tensor> Of, double Least, double Most, float? Centre = null, bool HasCorner = false);

    private Tensor Sample(ulong seed)
    {
        var x = Tensor.Zeros([Count]);
        new RandomSource(seed).Uniform(x.Span, (float)-Range, (float)Range);
        return x;
    }

    private Tensor Apply(Function f, Tensor x) => f.Of(x + (float)Shift);

    private double Outside(Function f, Tensor x)
    {
        // the leaky side of the range goes as far as the input does; and a bound of four digits is rounded
        double least = f.Name == "leaky ReLU" ? -0.01 * (Range + Math.Abs(Shift)) : f.Least;
        return Apply(f, x).ToArray().Count(y => !(y >= least - 1e-6 && y <= f.Most));
    }

    private double Asymmetry(Function f, Tensor x)
    {
        float centre = f.Centre ?? 0;
        float[] right = Apply(f, x).ToArray(), left = Apply(f, -x).ToArray();
        return right.Zip(left, (a, b) => Math.Abs(a - centre + (b - centre))).Max();
    }

    private float[] Slopes(Function f, Tensor x)
    {
        var copy = x.Clone();
        copy.RequiresGradient = true;
        Apply(f, copy).Sum().Backward();
        return copy.Gradient!.ToArray();
    }

    private double SlopeError(Function f, Tensor x)
    {
        float[] high = Apply(f, x + Step).ToArray(), low = Apply(f, x - Step).ToArray(), slopes = Slopes(f, x);
        double worst = 0;
        for (int i = 0; i < Count; i++)
        {
            if (f.HasCorner && Math.Abs(x.Span[i] + Shift) < 2 * Step) continue; // no derivative at the corner
            worst = Math.Max(worst, Math.Abs((high[i] - low[i]) / (2 * Step) - slopes[i]));
        }

        return worst;
    }

    private Bilingual[] Summary(Function f, Tensor x)
    {
        var values = Apply(f, x);
        static Bilingual Text(float value) => FormattableString.Invariant($"{value:0.#####}");
        return [Text(TensorPrimitives.Min<float>(values.Span)), Text(TensorPrimitives.Max<float>(values.Span)), Text(TensorPrimitives.Max<float>(Slopes(f, x)))];
    }

    private static Chart Curves(string name, Bilingual title, Func<Function, Tensor, float[]> compute)
    {
        double[] at = [.. Enumerable.Range(-80, 161).Select(i => i / 20.0)];
        var x = Tensor.From([.. at.Select(value => (float)value)], [at.Length]);
        return new Chart(name, title, "x", "y", [.. Functions.Where(f => f.Name != "softmax").Select(f => new ChartLine(f.Name, at, [.. compute(f, x).Select(y => (double)y)]))]);
    }
}
