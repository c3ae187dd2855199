using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>The axes in another order: axis i of the output is axis order[i] of the input.</summary>
internal sealed class Permute : Operation
{
    private readonly int[] _order;

    public Permute(ReadOnlySpan<int> order) => _order = order.ToArray();

    public override object Settings => string.Join(',', _order);

    public ReadOnlySpan<int> Order => _order;

    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var x = inputs[0];
        Require(_order.Length == x.Rank && x.Rank <= 8, $"{x} needs an order of its {x.Rank} axes (at most 8); got ({string.Join(", ", _order)})");
        Span<bool> seen = stackalloc bool[8];
        Span<int> sizes = stackalloc int[8];
        for (int i = 0; i < x.Rank; i++)
        {
            int axis = x.Axis(_order[i]);
            Require(!seen[axis], $"the order ({string.Join(", ", _order)}) of the axes of {x} names axis {axis} twice");
            seen[axis] = true;
            sizes[i] = x[axis];
        }

        return new Signature(Shape.Of(sizes[..x.Rank])) { BackwardReads = Reads.None };
    }

    protected internal override void Forward(Frame f)
    {
        Span<int> strides = stackalloc int[8];
        StridedCopy.Gather(f.Input(0), 0, Strides(f.InputShape(0), strides), f.Output, f.OutputShape.Sizes);
    }

    protected internal override void Backward(Frame f)
    {
        Span<int> strides = stackalloc int[8];
        StridedCopy.Scatter(f.OutputGradient, f.InputGradient(0), 0, Strides(f.InputShape(0), strides), f.OutputShape.Sizes);
    }

    private Span<int> Strides(Shape x, Span<int> strides)
    {
        for (int i = 0; i < x.Rank; i++)
        {
            int step = 1;
            for (int axis = x.Axis(_order[i]) + 1; axis < x.Rank; axis++) step *= x[axis];
            strides[i] = step;
        }

        return strides[..x.Rank];
    }
}

/// <summary>Changes of the order of axes.</summary>
public static class PermuteExtensions
{
    extension(Tensor x)
    {
        /// <summary>The axes in another order: <c>[n, h, w, c].Permute(0, 3, 1, 2)</c> is <c>[n, c, h, w]</c>. The elements are copied.</summary>
        /// <param name="order">Each axis once.</param>
        /// <exception cref="ShapeException">An axis is missing or named twice.</exception>
        public Tensor Permute(params ReadOnlySpan<int> order) => new Permute(order).Apply(x);

        /// <summary>Two axes exchanged, by default the last two. The elements are copied; a product reads a transposed operand without that.</summary>
        /// <exception cref="ShapeException">There is no such axis.</exception>
        public Tensor Transpose(int axis = -2, int other = -1)
        {
            Span<int> order = stackalloc int[x.Shape.Rank];
            for (int i = 0; i < order.Length; i++) order[i] = i;
            int a = x.Shape.Axis(axis), b = x.Shape.Axis(other);
            (order[a], order[b]) = (order[b], order[a]);
            return new Permute(order).Apply(x);
        }
    }
}
