using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>Every step-th element along an axis, from start on; the rest of the gradient is 0.</summary>
internal sealed class Slice(int axis, int start, int length, int step) : Operation
{
    public override object Settings => (axis, start, length, step);

    public int Axis => axis;

    public int Start => start;

    public int Length => length;

    public int Step => step;

    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var x = inputs[0];
        int along = x.Axis(axis), first = First(x, along);
        Require(x.Rank <= 8, $"a slice takes at most 8 axes; got {x}");
        Require(step >= 1 && length >= 0, $"a slice of {x} needs a step of at least 1 and a length of at least 0; got step {step}, length {length}");
        Require(
            first >= 0 && (length == 0 ? first <= x[along] : first + (length - 1L) * step < x[along]),
            $"{length} elements from {start} in steps of {step} reach outside axis {axis} of {x}, which has {x[along]}");
        return new Signature(x.With(along, length)) { BackwardReads = Reads.None };
    }

    protected internal override void Forward(Frame f)
    {
        Span<int> strides = stackalloc int[8];
        int offset = View(f.InputShape(0), strides);
        StridedCopy.Gather(f.Input(0), offset, strides[..f.OutputShape.Rank], f.Output, f.OutputShape.Sizes);
    }

    protected internal override void Backward(Frame f)
    {
        Span<int> strides = stackalloc int[8];
        int offset = View(f.InputShape(0), strides);
        f.InputGradient(0).Clear();
        StridedCopy.Scatter(f.OutputGradient, f.InputGradient(0), offset, strides[..f.OutputShape.Rank], f.OutputShape.Sizes);
    }

    private int First(Shape x, int along) => start < 0 ? start + x[along] : start;

    private int View(Shape x, Span<int> strides)
    {
        int along = x.Axis(axis), stride = 1, offset = 0;
        for (int i = x.Rank - 1; i >= 0; i--)
        {
            strides[i] = i == along ? stride * step : stride;
            if (i == along) offset = First(x, along) * stride;
            stride *= x[i];
        }

        return offset;
    }
}

/// <summary>Parts of tensors.</summary>
public static class SliceExtensions
{
    extension(Tensor x)
    {
        /// <summary>The elements start, start + step, ... of one axis, <paramref name="length"/> of them.</summary>
        /// <param name="axis">The axis, negative counted from the innermost.</param>
        /// <param name="start">The first element, negative counted from the end.</param>
        /// <param name="length">How many, at least 0.</param>
        /// <param name="step">At least 1.</param>
        /// <exception cref="ShapeException">The slice reaches outside the axis.</exception>
        public Tensor Slice(int axis, int start, int length, int step = 1) => new Slice(axis, start, length, step).Apply(x);
    }
}
