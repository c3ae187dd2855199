using System.Numerics.Tensors;

namespace Gradus.Kernels;

/// <summary>Repeats a tensor along the axes where it has size 1, and sums back over them.</summary>
internal static class Broadcasting
{
    private const int MaximumRank = 8;

    /// <summary>Writes <paramref name="x"/> of shape <paramref name="from"/> repeated to shape <paramref name="to"/>.</summary>
    public static void Expand(ReadOnlySpan<float> x, Shape from, Span<float> y, Shape to)
    {
        Span<int> strides = stackalloc int[MaximumRank];
        Strides(from, to, strides);
        Expand(x, y, to.Sizes, strides[..to.Rank]);
    }

    /// <summary>Writes the sum of <paramref name="y"/> of shape <paramref name="to"/> over the axes along which <paramref name="from"/> was repeated.</summary>
    public static void Reduce(ReadOnlySpan<float> y, Shape to, Span<float> x, Shape from)
    {
        Span<int> strides = stackalloc int[MaximumRank];
        Strides(from, to, strides);
        x.Clear();
        Reduce(y, x, to.Sizes, strides[..to.Rank]);
    }

    private static void Strides(Shape from, Shape to, Span<int> strides)
    {
        int step = 1;
        for (int i = 1; i <= to.Rank; i++)
        {
            int size = i <= from.Rank ? from[^i] : 1;
            strides[to.Rank - i] = size == 1 ? 0 : step;
            step *= size;
        }
    }

    private static void Expand(ReadOnlySpan<float> x, Span<float> y, ReadOnlySpan<int> sizes, ReadOnlySpan<int> strides)
    {
        if (y.IsEmpty) return;
        if (sizes.IsEmpty) y[0] = x[0];
        else if (sizes.Length == 1 && strides[0] == 0) y.Fill(x[0]);
        else if (sizes.Length == 1) x[..y.Length].CopyTo(y);
        else
        {
            int inner = y.Length / sizes[0];
            for (int i = 0; i < sizes[0]; i++) Expand(x[(i * strides[0])..], y.Slice(i * inner, inner), sizes[1..], strides[1..]);
        }
    }

    private static void Reduce(ReadOnlySpan<float> y, Span<float> x, ReadOnlySpan<int> sizes, ReadOnlySpan<int> strides)
    {
        if (y.IsEmpty) return;
        if (sizes.IsEmpty) x[0] += y[0];
        else if (sizes.Length == 1 && strides[0] == 0) x[0] += Reductions.Sum(y);
        else if (sizes.Length == 1) TensorPrimitives.Add(x[..y.Length], y, x[..y.Length]);
        else
        {
            int inner = y.Length / sizes[0];
            for (int i = 0; i < sizes[0]; i++) Reduce(y.Slice(i * inner, inner), x[(i * strides[0])..], sizes[1..], strides[1..]);
        }
    }
}
