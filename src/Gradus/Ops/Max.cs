using System.Runtime.InteropServices;
using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>The maximum over axes, or the minimum; NaN if one of the elements is. The gradient goes to the first of several.</summary>
internal sealed class Max(ReadOnlySpan<int> axes, bool keepAxes, bool largest = true) : AxesOperation(axes, keepAxes)
{
    public override string Name => largest ? "Max" : "Min";

    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var output = OutputShape(inputs[0]);
        Require(inputs[0].Count > 0 || output.Count == 0, $"the {(largest ? "maximum" : "minimum")} of no elements is not defined: {inputs[0]} has none along the axes");
        return new Signature(output)
        {
            Saved = [output], // the places in x, as the bits of whole numbers
            BackwardReads = Reads.None,
        };
    }

    protected internal override void Forward(Frame f)
    {
        Span<bool> reduced = stackalloc bool[AxisReduction.MaximumRank];
        Mark(f.InputShape(0), reduced);
        new AxisReduction(f.InputShape(0), reduced, stackalloc int[AxisReduction.MaximumRank], stackalloc bool[AxisReduction.MaximumRank])
            .Extremum(f.Input(0), f.Output, MemoryMarshal.Cast<float, int>(f.Saved(0)), largest);
    }

    protected internal override void Backward(Frame f)
    {
        var gradient = f.InputGradient(0);
        var dy = f.OutputGradient;
        gradient.Clear();
        var places = MemoryMarshal.Cast<float, int>(f.Saved(0));
        for (int i = 0; i < places.Length; i++) gradient[places[i]] = dy[i];
    }
}

/// <summary>Maxima and minima of tensors.</summary>
public static class MaxExtensions
{
    extension(Tensor x)
    {
        /// <summary>The greatest element, a scalar.</summary>
        public Tensor Max() => new Max([], false).Apply(x);

        /// <summary>The maximum over axes, which disappear.</summary>
        /// <param name="axes">Axes, negative ones counted from the innermost; none means all.</param>
        /// <exception cref="ShapeException">There is no such axis, or it has no elements.</exception>
        public Tensor Max(params ReadOnlySpan<int> axes) => new Max(axes, false).Apply(x);

        /// <summary>The maximum over axes, which stay with size 1 if <paramref name="keepAxes"/>.</summary>
        /// <exception cref="ShapeException">There is no such axis, or it has no elements.</exception>
        public Tensor Max(ReadOnlySpan<int> axes, bool keepAxes) => new Max(axes, keepAxes).Apply(x);

        /// <summary>The smallest element, a scalar.</summary>
        public Tensor Min() => new Max([], false, largest: false).Apply(x);

        /// <summary>The minimum over axes, which disappear.</summary>
        /// <param name="axes">Axes, negative ones counted from the innermost; none means all.</param>
        /// <exception cref="ShapeException">There is no such axis, or it has no elements.</exception>
        public Tensor Min(params ReadOnlySpan<int> axes) => new Max(axes, false, largest: false).Apply(x);

        /// <summary>The minimum over axes, which stay with size 1 if <paramref name="keepAxes"/>.</summary>
        /// <exception cref="ShapeException">There is no such axis, or it has no elements.</exception>
        public Tensor Min(ReadOnlySpan<int> axes, bool keepAxes) => new Max(axes, keepAxes, largest: false).Apply(x);
    }
}
