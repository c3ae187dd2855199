using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>A reduction over some axes of one tensor; no axes named means all of them.</summary>
internal abstract class AxesOperation : Operation
{
    private readonly int[] _axes;
    private readonly bool _keepAxes;

    protected AxesOperation(ReadOnlySpan<int> axes, bool keepAxes)
    {
        _axes = axes.ToArray();
        _keepAxes = keepAxes;
    }

    public override object Settings => (string.Join(',', _axes), _keepAxes);

    public ReadOnlySpan<int> Axes => _axes;

    public bool KeepAxes => _keepAxes;

    /// <summary>The output's shape, and its shape with the reduced axes kept at size 1.</summary>
    protected Shape OutputShape(Shape x)
    {
        Require(x.Rank <= AxisReduction.MaximumRank, $"a reduction takes at most {AxisReduction.MaximumRank} axes; got {x}");
        Span<bool> reduced = stackalloc bool[AxisReduction.MaximumRank];
        Mark(x, reduced);
        Span<int> sizes = stackalloc int[AxisReduction.MaximumRank];
        int rank = 0;
        for (int axis = 0; axis < x.Rank; axis++)
        {
            if (!reduced[axis]) sizes[rank++] = x[axis];
            else if (_keepAxes) sizes[rank++] = 1;
        }

        return Shape.Of(sizes[..rank]);
    }

    /// <summary>Marks the reduced axes of a shape.</summary>
    protected void Mark(Shape x, Span<bool> reduced)
    {
        reduced.Clear();
        if (_axes.Length == 0) reduced[..x.Rank].Fill(true);
        foreach (int axis in _axes) reduced[x.Axis(axis)] = true;
    }

    /// <summary>Repeats a tensor of the output's shape along the reduced axes: the gradient of a sum.</summary>
    protected void Repeat(ReadOnlySpan<float> y, Span<float> x, Shape shape)
    {
        Span<bool> reduced = stackalloc bool[AxisReduction.MaximumRank];
        Mark(shape, reduced);
        Span<int> strides = stackalloc int[AxisReduction.MaximumRank];
        int step = 1;
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            strides[axis] = reduced[axis] ? 0 : step;
            if (!reduced[axis]) step *= shape[axis];
        }

        StridedCopy.Gather(y, 0, strides[..shape.Rank], x, shape.Sizes);
    }
}
