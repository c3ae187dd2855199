using Gradus.Graph;

namespace Gradus.Ops;

/// <summary>The same elements under another shape; nothing is copied.</summary>
internal sealed class Reshape(Shape shape) : Operation
{
    public override object Settings => shape;

    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        Require(inputs[0].Count == shape.Count, $"{inputs[0]} has {inputs[0].Count} elements and cannot become {shape} with {shape.Count}");
        return new Signature(shape) { IsView = true, BackwardReads = Reads.None };
    }

    protected internal override void Forward(Frame f) { }

    protected internal override void Backward(Frame f) { }
}

/// <summary>The same elements, through which no gradient flows.</summary>
internal sealed class Detach : Operation
{
    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs) =>
        new(inputs[0]) { IsView = true, IsDifferentiable = false, BackwardReads = Reads.None };

    protected internal override void Forward(Frame f) { }

    protected internal override void Backward(Frame f) { }
}

/// <summary>Changes of shape that copy nothing.</summary>
public static class ReshapeExtensions
{
    extension(Tensor x)
    {
        /// <summary>The same elements under another shape; one size may be -1 and is then computed.</summary>
        /// <exception cref="ShapeException">The numbers of elements differ.</exception>
        public Tensor Reshape(params ReadOnlySpan<int> sizes) => new Reshape(Complete(x.Shape, sizes)).Apply(x);

        /// <summary>All axes from <paramref name="firstAxis"/> on become one: <c>[n, 64, 6, 6]</c> becomes <c>[n, 2304]</c>.</summary>
        public Tensor Flatten(int firstAxis = 1)
        {
            int axis = Math.Min(firstAxis, x.Shape.Rank);
            return new Reshape(Shape.Of([.. x.Shape.Sizes[..axis], x.Shape[axis..].Count])).Apply(x);
        }

        /// <summary>The same values as a constant: no gradient flows through.</summary>
        public Tensor Detach() => new Detach().Apply(x);
    }

    private static Shape Complete(Shape from, ReadOnlySpan<int> sizes)
    {
        var complete = sizes.ToArray();
        int open = System.Array.IndexOf(complete, -1);
        if (open < 0) return Shape.Of(complete);
        complete[open] = 1;
        int known = Shape.Of(complete).Count;
        if (known == 0 || from.Count % known != 0)
            throw new ShapeException($"{from} cannot become [{string.Join(", ", sizes.ToArray())}]: {from.Count} elements are not a multiple of {known}");
        complete[open] = from.Count / known;
        return Shape.Of(complete);
    }
}
