using System.Diagnostics;

namespace Gradus.Kernels;

/// <summary>
/// A shape and which of its axes are reduced, with neighbouring axes of the same kind merged and axes of size 1 dropped:
/// what remains alternates between kept and reduced, so that the loops over it are few and long.
/// </summary>
internal readonly ref struct AxisReduction
{
    public const int MaximumRank = 8;

    /// <summary>Partial results that a reduction over the outermost axis is cut into; more would cost memory and bring nothing on 32 cores.</summary>
    private const int MaximumParts = 32;

    public readonly ReadOnlySpan<int> Sizes;
    public readonly ReadOnlySpan<bool> Reduced;

    /// <summary>Merges the axes into the caller's memory of <see cref="MaximumRank"/> each.</summary>
    public AxisReduction(Shape shape, scoped ReadOnlySpan<bool> reduced, Span<int> sizes, Span<bool> kinds)
    {
        Debug.Assert(shape.Rank <= MaximumRank);
        int rank = 0;
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            if (shape[axis] == 1) continue;
            if (rank > 0 && kinds[rank - 1] == reduced[axis])
            {
                sizes[rank - 1] *= shape[axis];
                continue;
            }

            (sizes[rank], kinds[rank]) = (shape[axis], reduced[axis]);
            rank++;
        }

        if (rank == 0) (sizes[0], kinds[0], rank) = (1, false, 1);
        Sizes = sizes[..rank];
        Reduced = kinds[..rank];
    }

    /// <summary>How many parts the outermost axis is cut into: 1 for little work. It depends on the sizes only.</summary>
    public static int Parts(int count, int outermost) => Math.Clamp(count / (2 * Elementwise.Tile), 1, Math.Max(1, Math.Min(outermost, MaximumParts)));

    /// <summary>Floats of scratch that a sum needs: a private sum for each part of a reduced outermost axis.</summary>
    public int Scratch()
    {
        int parts = Parts(Count(Sizes), Sizes[0]);
        return Reduced[0] && parts > 1 ? parts * Kept(Sizes, Reduced) : 0;
    }

    /// <summary>Sums x over the reduced axes.</summary>
    public unsafe void Sum(ReadOnlySpan<float> x, Span<float> y, Span<float> scratch)
    {
        y.Clear();
        if (x.IsEmpty) return;
        int parts = Parts(x.Length, Sizes[0]);
        if (parts == 1)
        {
            Sum(x, y, Sizes, Reduced);
            return;
        }

        bool reducesFirst = Reduced[0];
        if (reducesFirst) scratch.Clear();
        fixed (float* from = x, to = y, partial = scratch)
        fixed (int* sizes = Sizes)
        fixed (bool* kinds = Reduced)
        {
            var all = new Operands(from, reducesFirst ? partial : to, sizes, kinds, Sizes.Length, x.Length, y.Length, parts);
            Workers.Run(parts, all, static (o, part) => o.SumPart(part));
        }

        for (int part = 0; reducesFirst && part < parts; part++) Elementwise.Add(y, scratch.Slice(part * y.Length, y.Length), y);
    }

    /// <summary>The maximum over the reduced axes, and where in x its first occurrence stands (as the bits of a whole number).</summary>
    public unsafe void Max(ReadOnlySpan<float> x, Span<float> y, Span<int> places)
    {
        if (y.IsEmpty) return;
        y.Fill(float.NegativeInfinity);
        places.Fill(-1);
        int parts = Reduced[0] ? 1 : Parts(x.Length, Sizes[0]);
        fixed (float* from = x, to = y)
        fixed (int* sizes = Sizes, place = places)
        fixed (bool* kinds = Reduced)
        {
            var all = new Operands(from, to, sizes, kinds, Sizes.Length, x.Length, y.Length, parts) { Places = place };
            if (parts == 1) all.MaxPart(0);
            else Workers.Run(parts, all, static (o, part) => o.MaxPart(part));
        }
    }

    private static void Sum(ReadOnlySpan<float> x, Span<float> y, ReadOnlySpan<int> sizes, ReadOnlySpan<bool> reduced)
    {
        if (sizes.Length == 1)
        {
            if (reduced[0]) y[0] += Reductions.Sum(x);
            else System.Numerics.Tensors.TensorPrimitives.Add(y, x, y);
            return;
        }

        int inner = x.Length / sizes[0], step = reduced[0] ? 0 : y.Length / sizes[0], length = reduced[0] ? y.Length : step;
        for (int i = 0; i < sizes[0]; i++) Sum(x.Slice(i * inner, inner), y.Slice(i * step, length), sizes[1..], reduced[1..]);
    }

    private static void Max(ReadOnlySpan<float> x, int start, Span<float> y, Span<int> places, ReadOnlySpan<int> sizes, ReadOnlySpan<bool> reduced)
    {
        if (sizes.Length == 1)
        {
            for (int i = 0; i < x.Length; i++) Take(x[i], start + i, ref y[reduced[0] ? 0 : i], ref places[reduced[0] ? 0 : i]);
            return;
        }

        int inner = x.Length / sizes[0], step = reduced[0] ? 0 : y.Length / sizes[0], length = reduced[0] ? y.Length : step;
        for (int i = 0; i < sizes[0]; i++)
            Max(x.Slice(i * inner, inner), start + i * inner, y.Slice(i * step, length), places.Slice(i * step, length), sizes[1..], reduced[1..]);
    }

    /// <summary>The first maximum wins, and NaN wins over every number.</summary>
    private static void Take(float value, int place, ref float best, ref int bestPlace)
    {
        if (!(value > best || bestPlace < 0 || float.IsNaN(value)) || float.IsNaN(best)) return;
        (best, bestPlace) = (value, place);
    }

    private static int Count(ReadOnlySpan<int> sizes)
    {
        int count = 1;
        foreach (int size in sizes) count *= size;
        return count;
    }

    private static int Kept(ReadOnlySpan<int> sizes, ReadOnlySpan<bool> reduced)
    {
        int count = 1;
        for (int i = 0; i < sizes.Length; i++) if (!reduced[i]) count *= sizes[i];
        return count;
    }

    private unsafe readonly struct Operands(float* from, float* to, int* sizes, bool* reduced, int rank, int count, int kept, int parts)
    {
        public int* Places { get; init; }

        public void SumPart(int part)
        {
            var (start, rows, inner, own) = Range(part);
            Span<int> partSizes = stackalloc int[MaximumRank];
            new ReadOnlySpan<int>(sizes, rank).CopyTo(partSizes);
            partSizes[0] = rows;
            Sum(new(from + (long)start * inner, rows * inner), new(to + Target(part, start), own * (reduced[0] ? 1 : rows)), partSizes[..rank], new(reduced, rank));
        }

        public void MaxPart(int part)
        {
            var (start, rows, inner, own) = Range(part);
            Span<int> partSizes = stackalloc int[MaximumRank];
            new ReadOnlySpan<int>(sizes, rank).CopyTo(partSizes);
            partSizes[0] = rows;
            int target = reduced[0] ? 0 : start * own, length = own * (reduced[0] ? 1 : rows);
            Max(new(from + (long)start * inner, rows * inner), start * inner, new(to + target, length), new(Places + target, length), partSizes[..rank], new(reduced, rank));
        }

        private long Target(int part, int start) => reduced[0] ? (long)part * kept : (long)start * (kept / sizes[0]);

        private (int Start, int Rows, int Inner, int Own) Range(int part)
        {
            int start = (int)((long)sizes[0] * part / parts), end = (int)((long)sizes[0] * (part + 1) / parts);
            return (start, end - start, count / sizes[0], reduced[0] ? kept : kept / sizes[0]);
        }
    }
}
