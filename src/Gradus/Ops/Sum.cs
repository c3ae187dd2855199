using System.Numerics.Tensors;
using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>The sum over axes, or their mean; dx repeats dy along them (a mean's divided by how many elements it had).</summary>
internal sealed class Sum(ReadOnlySpan<int> axes, bool keepAxes, bool mean = false) : AxesOperation(axes, keepAxes)
{
    public override string Name => mean ? "Mean" : "Sum";

    public override object Settings => (base.Settings, mean);

    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs) => new(OutputShape(inputs[0]))
    {
        Scratch = Reduction(inputs[0], stackalloc int[AxisReduction.MaximumRank], stackalloc bool[AxisReduction.MaximumRank]).Scratch(),
        BackwardReads = Reads.None,
    };

    protected internal override void Forward(Frame f)
    {
        Reduction(f.InputShape(0), stackalloc int[AxisReduction.MaximumRank], stackalloc bool[AxisReduction.MaximumRank])
            .Sum(f.Input(0), f.Output, f.Scratch);
        if (mean) TensorPrimitives.Divide(f.Output, Divisor(f), f.Output);
    }

    protected internal override void Backward(Frame f)
    {
        var gradient = f.InputGradient(0);
        Repeat(f.OutputGradient, gradient, f.InputShape(0));
        if (mean) TensorPrimitives.Divide(gradient, Divisor(f), gradient);
    }

    // 0 / 0 is NaN: the mean of nothing
    private static float Divisor(Frame f) => f.OutputShape.Count == 0 ? 0 : f.InputShape(0).Count / f.OutputShape.Count;

    private AxisReduction Reduction(Shape x, Span<int> sizes, Span<bool> kinds)
    {
        Span<bool> reduced = stackalloc bool[AxisReduction.MaximumRank];
        Mark(x, reduced);
        return new AxisReduction(x, reduced, sizes, kinds);
    }
}

/// <summary>Sums and means of tensors.</summary>
public static class SumExtensions
{
    extension(Tensor x)
    {
        /// <summary>The sum of all elements, a scalar.</summary>
        public Tensor Sum() => new Sum([], false).Apply(x);

        /// <summary>The sum over axes, which disappear: <c>[2, 3, 4].Sum(1)</c> is <c>[2, 4]</c>.</summary>
        /// <param name="axes">Axes, negative ones counted from the innermost; none means all.</param>
        /// <exception cref="ShapeException">There is no such axis.</exception>
        public Tensor Sum(params ReadOnlySpan<int> axes) => new Sum(axes, false).Apply(x);

        /// <summary>The sum over axes, which stay with size 1 if <paramref name="keepAxes"/>: <c>[2, 3, 4]</c> becomes <c>[2, 1, 4]</c>.</summary>
        /// <exception cref="ShapeException">There is no such axis.</exception>
        public Tensor Sum(ReadOnlySpan<int> axes, bool keepAxes) => new Sum(axes, keepAxes).Apply(x);

        /// <summary>The mean of all elements, a scalar; NaN if there are none.</summary>
        public Tensor Mean() => new Sum([], false, mean: true).Apply(x);

        /// <summary>The mean over axes, which disappear.</summary>
        /// <param name="axes">Axes, negative ones counted from the innermost; none means all.</param>
        /// <exception cref="ShapeException">There is no such axis.</exception>
        public Tensor Mean(params ReadOnlySpan<int> axes) => new Sum(axes, false, mean: true).Apply(x);

        /// <summary>The mean over axes, which stay with size 1 if <paramref name="keepAxes"/>.</summary>
        /// <exception cref="ShapeException">There is no such axis.</exception>
        public Tensor Mean(ReadOnlySpan<int> axes, bool keepAxes) => new Sum(axes, keepAxes, mean: true).Apply(x);
    }
}
