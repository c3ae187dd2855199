using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>A function of whole lines along one axis, whose output has the input's shape and whose backward reads the output.</summary>
internal abstract class LineOperation(int axis) : Operation
{
    public override object Settings => axis;

    public int Axis => axis;

    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var x = inputs[0];
        bool strided = x.Axis(axis) != x.Rank - 1;
        return new Signature(x)
        {
            Scratch = strided ? x.Count : 0,             // the lines laid out one after the other
            BackwardScratch = strided ? 2 * x.Count : 0, // those of y, and of dy, which dx replaces
            BackwardReads = Reads.Outputs,
        };
    }

    /// <summary>y = f(x) on lines of a length of at least one element, one after the other; x and y may be the same memory.</summary>
    protected abstract void ForwardLines(ReadOnlySpan<float> x, Span<float> y, int length);

    /// <summary>dx from y and dy on such lines; dx and dy may be the same memory.</summary>
    protected abstract void BackwardLines(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, int length);

    protected internal override void Forward(Frame f)
    {
        bool strided = IsStrided(f.OutputShape);
        if (strided) Gather(f.Input(0), f.Scratch[..f.OutputShape.Count], f.OutputShape);
        ForLines(f, strided, static (operation, f, strided, start, count, length) =>
        {
            var x = strided ? f.Scratch.Slice(start, count) : f.Input(0).Slice(start, count);
            operation.ForwardLines(x, strided ? f.Scratch.Slice(start, count) : f.Output.Slice(start, count), length);
        });
        if (strided) Scatter(f.Scratch[..f.OutputShape.Count], f.Output, f.OutputShape);
    }

    protected internal override void Backward(Frame f)
    {
        int count = f.OutputShape.Count;
        bool strided = IsStrided(f.OutputShape);
        if (strided)
        {
            Gather(f.Output, f.BackwardScratch[..count], f.OutputShape);
            Gather(f.OutputGradient, f.BackwardScratch.Slice(count, count), f.OutputShape);
        }

        ForLines(f, strided, static (operation, f, strided, start, count, length) =>
        {
            if (!strided)
            {
                operation.BackwardLines(f.Output.Slice(start, count), f.OutputGradient.Slice(start, count), f.InputGradient(0).Slice(start, count), length);
                return;
            }

            var dy = f.BackwardScratch.Slice(f.OutputShape.Count + start, count);
            operation.BackwardLines(f.BackwardScratch.Slice(start, count), dy, dy, length);
        });
        if (strided) Scatter(f.BackwardScratch.Slice(count, count), f.InputGradient(0), f.OutputShape);
    }

    private bool IsStrided(Shape x) => x.Axis(axis) != x.Rank - 1;

    /// <summary>Calls the body with the first element, the elements and the length of some lines, until all are done.</summary>
    private void ForLines(Frame f, bool strided, Action<LineOperation, Frame, bool, int, int, int> body)
    {
        var x = f.OutputShape;
        if (x.Count == 0) return;
        int length = x[x.Axis(axis)];
        Tiles.Run(Tiles.Rows(x.Count / length, length), 8L * x.Count, (this, f, strided, body, length), static (s, tile) =>
        {
            int most = Tiles.RowsPerTile(s.length) * s.length, start = tile * most;
            s.body(s.Item1, s.f, s.strided, start, Math.Min(most, s.f.OutputShape.Count - start), s.length);
        });
    }

    private void Gather(ReadOnlySpan<float> x, Span<float> lines, Shape shape)
    {
        Span<int> sizes = stackalloc int[3], strides = stackalloc int[3];
        AsLines(shape, sizes, strides);
        StridedCopy.Gather(x, 0, strides, lines, sizes);
    }

    private void Scatter(ReadOnlySpan<float> lines, Span<float> x, Shape shape)
    {
        Span<int> sizes = stackalloc int[3], strides = stackalloc int[3];
        AsLines(shape, sizes, strides);
        StridedCopy.Scatter(lines, x, 0, strides, sizes);
    }

    /// <summary>The tensor as [outer, inner, line], and the strides at which its elements lie in that order.</summary>
    private void AsLines(Shape x, Span<int> sizes, Span<int> strides)
    {
        int along = x.Axis(axis), outer = 1, inner = 1;
        for (int i = 0; i < along; i++) outer *= x[i];
        for (int i = along + 1; i < x.Rank; i++) inner *= x[i];
        (sizes[0], sizes[1], sizes[2]) = (outer, inner, x[along]);
        (strides[0], strides[1], strides[2]) = (x[along] * inner, 1, inner);
    }
}
