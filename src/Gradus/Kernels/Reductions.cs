using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Gradus.Kernels;

/// <summary>Sums in a fixed tree: the same bits on any number of threads.</summary>
internal static class Reductions
{
    private const int ColumnTile = 64;

    /// <summary>The sum of all elements, in an order that depends on their number only, not on where they lie in memory.</summary>
    public static float Sum(ReadOnlySpan<float> values) => Sum<Identity>(values, values);

    /// <summary>The sum of the terms of two spans of the same length, in an order that depends on their length only.</summary>
    public static float Sum<TTerm>(ReadOnlySpan<float> a, ReadOnlySpan<float> b, float center = 0)
        where TTerm : IReductionTerm
    {
        int width = Vector<float>.Count, i = 0;
        ref float left = ref MemoryMarshal.GetReference(a), right = ref MemoryMarshal.GetReference(b);
        Vector<float> c = new(center), s0 = default, s1 = default, s2 = default, s3 = default; // four sums hide the latency of one addition
        for (; i <= a.Length - 4 * width; i += 4 * width)
        {
            s0 += TTerm.Of(Vector.LoadUnsafe(ref left, (nuint)i), Vector.LoadUnsafe(ref right, (nuint)i), c);
            s1 += TTerm.Of(Vector.LoadUnsafe(ref left, (nuint)(i + width)), Vector.LoadUnsafe(ref right, (nuint)(i + width)), c);
            s2 += TTerm.Of(Vector.LoadUnsafe(ref left, (nuint)(i + 2 * width)), Vector.LoadUnsafe(ref right, (nuint)(i + 2 * width)), c);
            s3 += TTerm.Of(Vector.LoadUnsafe(ref left, (nuint)(i + 3 * width)), Vector.LoadUnsafe(ref right, (nuint)(i + 3 * width)), c);
        }

        for (; i <= a.Length - width; i += width)
            s0 += TTerm.Of(Vector.LoadUnsafe(ref left, (nuint)i), Vector.LoadUnsafe(ref right, (nuint)i), c);
        float sum = Vector.Sum((s0 + s1) + (s2 + s3));
        for (; i < a.Length; i++) sum += TTerm.Of(new Vector<float>(a[i]), new Vector<float>(b[i]), c)[0];
        return sum;
    }

    /// <summary>The sum over the rows of a matrix <c>[rows, columns]</c>, shared by the team in strips of columns.</summary>
    public static unsafe void SumRows(ReadOnlySpan<float> matrix, Span<float> sums, int rows, int columns)
    {
        fixed (float* from = matrix, to = sums)
        {
            if (rows * columns <= Elementwise.Tile) Strip(from, to, rows, columns, 0, columns);
            else Workers.Run((columns + ColumnTile - 1) / ColumnTile, new Matrix(from, to, rows, columns), static (m, tile) =>
                Strip(m.From, m.To, m.Rows, m.Columns, tile * ColumnTile, Math.Min(ColumnTile, m.Columns - tile * ColumnTile)));
        }
    }

    private static unsafe void Strip(float* from, float* to, int rows, int columns, int start, int length)
    {
        var sum = new Span<float>(to + start, length);
        sum.Clear();
        for (int row = 0; row < rows; row++) TensorPrimitives.Add(sum, new ReadOnlySpan<float>(from + (long)row * columns + start, length), sum);
    }

    private readonly unsafe struct Matrix(float* from, float* to, int rows, int columns)
    {
        public readonly float* From = from, To = to;
        public readonly int Rows = rows, Columns = columns;
    }

    private readonly struct Identity : IReductionTerm
    {
        public static Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> center) => a;
    }
}

/// <summary>What a reduction adds up: one formula for every vector width.</summary>
internal interface IReductionTerm
{
    static abstract Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> center);
}

/// <summary>a · b.</summary>
internal readonly struct ProductTerm : IReductionTerm
{
    public static Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> center) => a * b;
}

/// <summary>a · (b - center).</summary>
internal readonly struct CenteredProductTerm : IReductionTerm
{
    public static Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> center) => a * (b - center);
}

/// <summary>(a - center)².</summary>
internal readonly struct SquaredDeviationTerm : IReductionTerm
{
    public static Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> center) => (a - center) * (a - center);
}

/// <summary>(a - b)².</summary>
internal readonly struct SquaredDifferenceTerm : IReductionTerm
{
    public static Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> center) => (a - b) * (a - b);
}
