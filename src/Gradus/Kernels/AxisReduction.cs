using System.Diagnostics;
using System.Runtime.CompilerServices;

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
    public void Sum(ReadOnlySpan<float> x, Span<float> y, Span<float> scratch) => Fold<PlainSum>(x, [], y, scratch);

    /// <summary>Folds x over the reduced axes, each element beside the center of its own result.</summary>
    /// <param name="x">The elements.</param>
    /// <param name="centers">As long as y; empty if the fold needs none.</param>
    /// <param name="y">The results.</param>
    /// <param name="scratch">As long as <see cref="Scratch"/> says.</param>
    public unsafe void Fold<TFold>(ReadOnlySpan<float> x, ReadOnlySpan<float> centers, Span<float> y, Span<float> scratch)
        where TFold : IAxisFold
    {
        y.Fill(TFold.Start);
        if (x.IsEmpty) return;
        int parts = Parts(x.Length, Sizes[0]);
        if (parts == 1)
        {
            Fold<TFold>(x, centers, y, Sizes, Reduced);
            return;
        }

        bool reducesFirst = Reduced[0];
        if (reducesFirst) scratch.Fill(TFold.Start);
        fixed (float* from = x, center = centers, to = y, partial = scratch)
        fixed (int* sizes = Sizes)
        fixed (bool* kinds = Reduced)
        {
            var all = new Operands(from, reducesFirst ? partial : to, sizes, kinds, Sizes.Length, x.Length, y.Length, parts) { Centers = center };
            Workers.Run(parts, all, static (o, part) => o.FoldPart<TFold>(part));
        }

        for (int part = 0; reducesFirst && part < parts; part++) TFold.Join(y, scratch.Slice(part * y.Length, y.Length));
    }

    /// <summary>dx = f(x, center, factor), with the center and the factor of the result that each element was folded into.</summary>
    public unsafe void Spread<TFormula>(ReadOnlySpan<float> x, ReadOnlySpan<float> centers, ReadOnlySpan<float> factors, Span<float> dx)
        where TFormula : struct, IFormula3
    {
        if (x.IsEmpty) return;
        fixed (float* from = x, center = centers, factor = factors, to = dx)
        fixed (int* sizes = Sizes)
        fixed (bool* kinds = Reduced)
        {
            int parts = Parts(x.Length, Sizes[0]);
            var all = new Operands(from, to, sizes, kinds, Sizes.Length, x.Length, centers.Length, parts) { Centers = center, Factors = factor };
            Workers.Run(parts, all, static (o, part) => o.SpreadPart<TFormula>(part));
        }
    }

    /// <summary>
    /// The maximum over the reduced axes, or the minimum, and where in x its first occurrence stands (as the bits of a whole number).
    /// </summary>
    public void Extremum(ReadOnlySpan<float> x, Span<float> y, Span<int> places, bool largest)
    {
        if (largest) Extremum<Largest>(x, y, places);
        else Extremum<Smallest>(x, y, places);
    }

    private unsafe void Extremum<TOrder>(ReadOnlySpan<float> x, Span<float> y, Span<int> places)
        where TOrder : IOrder
    {
        if (y.IsEmpty) return;
        places.Fill(-1);
        int parts = Reduced[0] ? 1 : Parts(x.Length, Sizes[0]);
        fixed (float* from = x, to = y)
        fixed (int* sizes = Sizes, place = places)
        fixed (bool* kinds = Reduced)
        {
            var all = new Operands(from, to, sizes, kinds, Sizes.Length, x.Length, y.Length, parts) { Places = place };
            if (parts == 1) all.ExtremumPart<TOrder>(0);
            else Workers.Run(parts, all, static (o, part) => o.ExtremumPart<TOrder>(part));
        }
    }

    private static void Fold<TFold>(ReadOnlySpan<float> x, ReadOnlySpan<float> centers, Span<float> y, ReadOnlySpan<int> sizes, ReadOnlySpan<bool> reduced)
        where TFold : IAxisFold
    {
        if (sizes.Length == 1)
        {
            if (reduced[0]) TFold.All(x, centers.IsEmpty ? 0 : centers[0], ref y[0]);
            else TFold.Each(x, centers, y);
            return;
        }

        int inner = x.Length / sizes[0], step = reduced[0] ? 0 : y.Length / sizes[0], length = reduced[0] ? y.Length : step;
        for (int i = 0; i < sizes[0]; i++)
            Fold<TFold>(x.Slice(i * inner, inner), centers.IsEmpty ? [] : centers.Slice(i * step, length), y.Slice(i * step, length), sizes[1..], reduced[1..]);
    }

    private static void Spread<TFormula>(
        ReadOnlySpan<float> x, ReadOnlySpan<float> centers, ReadOnlySpan<float> factors, Span<float> dx, ReadOnlySpan<int> sizes, ReadOnlySpan<bool> reduced)
        where TFormula : struct, IFormula3
    {
        if (sizes.Length == 1)
        {
            if (reduced[0]) Formulas.Map(new Bound<TFormula>(centers[0], factors[0]), x, dx);
            else Formulas.Map(default(TFormula), x, centers, factors, dx);
            return;
        }

        int inner = x.Length / sizes[0], step = reduced[0] ? 0 : centers.Length / sizes[0], length = reduced[0] ? centers.Length : step;
        for (int i = 0; i < sizes[0]; i++)
            Spread<TFormula>(x.Slice(i * inner, inner), centers.Slice(i * step, length), factors.Slice(i * step, length), dx.Slice(i * inner, inner), sizes[1..], reduced[1..]);
    }

    private static void Extremum<TOrder>(ReadOnlySpan<float> x, int start, Span<float> y, Span<int> places, ReadOnlySpan<int> sizes, ReadOnlySpan<bool> reduced)
        where TOrder : IOrder
    {
        if (sizes.Length == 1)
        {
            for (int i = 0; i < x.Length; i++) Take<TOrder>(x[i], start + i, ref y[reduced[0] ? 0 : i], ref places[reduced[0] ? 0 : i]);
            return;
        }

        int inner = x.Length / sizes[0], step = reduced[0] ? 0 : y.Length / sizes[0], length = reduced[0] ? y.Length : step;
        for (int i = 0; i < sizes[0]; i++)
            Extremum<TOrder>(x.Slice(i * inner, inner), start + i * inner, y.Slice(i * step, length), places.Slice(i * step, length), sizes[1..], reduced[1..]);
    }

    /// <summary>The first extremum wins, and NaN wins over every number.</summary>
    private static void Take<TOrder>(float value, int place, ref float best, ref int bestPlace)
        where TOrder : IOrder
    {
        if (bestPlace >= 0 && (!(TOrder.IsBetter(value, best) || float.IsNaN(value)) || float.IsNaN(best))) return;
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

        public float* Centers { get; init; }

        public float* Factors { get; init; }

        public void FoldPart<TFold>(int part)
            where TFold : IAxisFold
        {
            var (start, rows, inner, own) = Range(part);
            Span<int> partSizes = stackalloc int[MaximumRank];
            new ReadOnlySpan<int>(sizes, rank).CopyTo(partSizes);
            partSizes[0] = rows;
            int length = own * (reduced[0] ? 1 : rows);
            ReadOnlySpan<float> centers = Centers == null ? [] : new(Centers + (reduced[0] ? 0 : start * own), length);
            Fold<TFold>(new(from + (long)start * inner, rows * inner), centers, new(to + Target(part, start), length), partSizes[..rank], new(reduced, rank));
        }

        public void SpreadPart<TFormula>(int part)
            where TFormula : struct, IFormula3
        {
            var (start, rows, inner, own) = Range(part);
            Span<int> partSizes = stackalloc int[MaximumRank];
            new ReadOnlySpan<int>(sizes, rank).CopyTo(partSizes);
            partSizes[0] = rows;
            int target = reduced[0] ? 0 : start * own, length = own * (reduced[0] ? 1 : rows), first = start * inner;
            Spread<TFormula>(
                new(from + first, rows * inner), new(Centers + target, length), new(Factors + target, length), new(to + first, rows * inner), partSizes[..rank], new(reduced, rank));
        }

        public void ExtremumPart<TOrder>(int part)
            where TOrder : IOrder
        {
            var (start, rows, inner, own) = Range(part);
            Span<int> partSizes = stackalloc int[MaximumRank];
            new ReadOnlySpan<int>(sizes, rank).CopyTo(partSizes);
            partSizes[0] = rows;
            int target = reduced[0] ? 0 : start * own, length = own * (reduced[0] ? 1 : rows);
            Extremum<TOrder>(new(from + (long)start * inner, rows * inner), start * inner, new(to + target, length), new(Places + target, length), partSizes[..rank], new(reduced, rank));
        }

        private long Target(int part, int start) => reduced[0] ? (long)part * kept : (long)start * (kept / sizes[0]);

        private (int Start, int Rows, int Inner, int Own) Range(int part)
        {
            int start = (int)((long)sizes[0] * part / parts), end = (int)((long)sizes[0] * (part + 1) / parts);
            return (start, end - start, count / sizes[0], reduced[0] ? kept : kept / sizes[0]);
        }
    }

    private readonly struct Bound<TFormula>(float center, float factor) : IFormula
        where TFormula : struct, IFormula3
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector x)
            where TVector : struct
            where TLanes : ILanes<TVector> => default(TFormula).Of<TVector, TLanes>(x, TLanes.Broadcast(center), TLanes.Broadcast(factor));
    }

    private interface IOrder
    {
        static abstract bool IsBetter(float value, float best);
    }

    private readonly struct Largest : IOrder
    {
        public static bool IsBetter(float value, float best) => value > best;
    }

    private readonly struct Smallest : IOrder
    {
        public static bool IsBetter(float value, float best) => value < best;
    }
}
