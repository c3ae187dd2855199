using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gradus.Kernels;

/// <summary>
/// Each row of a matrix <c>[rows, width]</c> to zero mean and unit variance, then scaled and shifted column by column, and the gradients
/// of that. A row stays in the innermost cache while it is read several times.
/// </summary>
/// <remarks>
/// The gradients of gain and bias are summed per tile of rows, while the row is near, and then over the tiles in order: the same bits
/// on any number of threads.
/// </remarks>
internal static unsafe class RowNormalization
{
    private const int LeastRows = 16; // of a backward tile: its two sums of a row's length then weigh little beside it

    /// <summary>Floats of working memory of <see cref="Backward"/>.</summary>
    public static int ScratchLength(int rows, int width) => checked(BackwardTiles(rows, width) * 2 * width);

    /// <summary>y = (x - mean) · inverse · gain + bias with inverse = 1 / √(variance + epsilon).</summary>
    /// <param name="x">[rows, width].</param>
    /// <param name="gain">[width], or empty for 1.</param>
    /// <param name="bias">[width], or empty for 0.</param>
    /// <param name="y">[rows, width].</param>
    /// <param name="mean">[rows], written.</param>
    /// <param name="inverse">[rows], written.</param>
    /// <param name="width">At least 1.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public static void Forward(
        ReadOnlySpan<float> x, ReadOnlySpan<float> gain, ReadOnlySpan<float> bias, Span<float> y, Span<float> mean, Span<float> inverse, int width, float epsilon)
    {
        fixed (float* px = x, pGain = gain, pBias = bias, py = y, pMean = mean, pInverse = inverse)
        {
            var job = new Job { X = px, Gain = pGain, Bias = pBias, Y = py, Mean = pMean, Inverse = pInverse, Rows = mean.Length, Width = width, Epsilon = epsilon };
            job.RowsPerTile = Kernels.Tiles.RowsPerTile(width);
            Kernels.Tiles.Run(job.Tiles, 4L * x.Length, job, static (job, tile) =>
            {
                if (Vector512.IsHardwareAccelerated) Forward<Vector512<float>, Lanes512>(job, tile);
                else if (Vector256.IsHardwareAccelerated) Forward<Vector256<float>, Lanes256>(job, tile);
                else if (Vector128.IsHardwareAccelerated) Forward<Vector128<float>, Lanes128>(job, tile);
                else Forward<float, ScalarLanes>(job, tile);
            });
        }
    }

    /// <summary>
    /// With x̂ = (x - mean) · inverse: dx = inverse · (dy gain - mean(dy gain) - x̂ mean(dy gain x̂)), dgain = Σ dy x̂, dbias = Σ dy. A
    /// gradient that is empty is not wanted.
    /// </summary>
    public static void Backward(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, ReadOnlySpan<float> gain, ReadOnlySpan<float> mean, ReadOnlySpan<float> inverse,
        Span<float> dx, Span<float> dGain, Span<float> dBias, Span<float> scratch, int width)
    {
        int rows = mean.Length, tiles = BackwardTiles(rows, width);
        bool sums = !dGain.IsEmpty || !dBias.IsEmpty;
        fixed (float* px = x, pdy = dy, pGain = gain, pMean = mean, pInverse = inverse, pdx = dx, pSums = scratch)
        {
            var job = new Job { X = px, Gradient = pdy, Gain = pGain, Y = pdx, Mean = pMean, Inverse = pInverse, Rows = rows, Width = width };
            job.Sums = sums ? pSums : null;
            job.RowsPerTile = BackwardRows(width);
            Kernels.Tiles.Run(tiles, 6L * x.Length, job, static (job, tile) =>
            {
                if (Vector512.IsHardwareAccelerated) Backward<Vector512<float>, Lanes512>(job, tile);
                else if (Vector256.IsHardwareAccelerated) Backward<Vector256<float>, Lanes256>(job, tile);
                else if (Vector128.IsHardwareAccelerated) Backward<Vector128<float>, Lanes128>(job, tile);
                else Backward<float, ScalarLanes>(job, tile);
            });
        }

        Fold(scratch, dGain, tiles, width, 0);
        Fold(scratch, dBias, tiles, width, width);
    }

    private static int BackwardRows(int width) => Math.Max(LeastRows, Kernels.Tiles.RowsPerTile(width));

    private static int BackwardTiles(int rows, int width) => (rows + BackwardRows(width) - 1) / BackwardRows(width);

    private static void Fold(ReadOnlySpan<float> scratch, Span<float> sum, int tiles, int width, int offset)
    {
        if (sum.IsEmpty) return;
        sum.Clear();
        for (int tile = 0; tile < tiles; tile++) TensorPrimitives.Add(sum, scratch.Slice(tile * 2 * width + offset, width), sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Forward<TVector, TLanes>(in Job job, int tile)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        int width = job.Width, whole = width - width % TLanes.Count;
        for (int row = tile * job.RowsPerTile; row < job.End(tile); row++)
        {
            float* x = job.X + (long)row * width, y = job.Y + (long)row * width;
            var (mean, variance) = RowStatistics.Of<TVector, TLanes>(x, width);
            float inverse = 1 / MathF.Sqrt(variance + job.Epsilon);
            (job.Mean[row], job.Inverse[row]) = (mean, inverse);
            Scale<TVector, TLanes>(job, x, y, mean, inverse, 0, whole);
            Scale<float, ScalarLanes>(job, x, y, mean, inverse, whole, width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scale<TVector, TLanes>(in Job job, float* x, float* y, float mean, float inverse, int start, int end)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        float* gain = job.Gain, bias = job.Bias;
        TVector lowered = TLanes.Broadcast(-mean), factor = TLanes.Broadcast(inverse);
        for (int i = start; i < end; i += TLanes.Count)
        {
            var value = TLanes.Multiply(TLanes.Add(TLanes.Load(x + i), lowered), factor);
            if (gain != null && bias != null) value = TLanes.MultiplyAdd(value, TLanes.Load(gain + i), TLanes.Load(bias + i));
            else if (gain != null) value = TLanes.Multiply(value, TLanes.Load(gain + i));
            else if (bias != null) value = TLanes.Add(value, TLanes.Load(bias + i));
            TLanes.Store(value, y + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Backward<TVector, TLanes>(in Job job, int tile)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        int width = job.Width, whole = width - width % TLanes.Count;
        float* sums = job.Sums == null ? null : job.Sums + (long)tile * 2 * width;
        if (sums != null) new Span<float>(sums, 2 * width).Clear();
        for (int row = tile * job.RowsPerTile; row < job.End(tile); row++)
        {
            var (sum, dot) = Sums<TVector, TLanes>(job, row, sums, 0, whole);
            var (restSum, restDot) = Sums<float, ScalarLanes>(job, row, sums, whole, width);
            if (job.Y == null) continue;
            var (meanSum, meanDot) = ((sum + restSum) / width, (dot + restDot) / width);
            Combine<TVector, TLanes>(job, row, meanSum, meanDot, 0, whole);
            Combine<float, ScalarLanes>(job, row, meanSum, meanDot, whole, width);
        }
    }

    // Σ dy gain and Σ dy gain x̂ of the row; dy x̂ and dy are added to the tile's sums of each column.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (float Sum, float Dot) Sums<TVector, TLanes>(in Job job, int row, float* sums, int start, int end)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        float* x = job.X + (long)row * job.Width, dy = job.Gradient + (long)row * job.Width, gain = job.Gain, biasSums = sums + job.Width;
        TVector lowered = TLanes.Broadcast(-job.Mean[row]), inverse = TLanes.Broadcast(job.Inverse[row]), sum = TLanes.Broadcast(0), dot = sum;
        for (int i = start; i < end; i += TLanes.Count)
        {
            var normal = TLanes.Multiply(TLanes.Add(TLanes.Load(x + i), lowered), inverse);
            var gradient = TLanes.Load(dy + i);
            if (sums != null)
            {
                TLanes.Store(TLanes.MultiplyAdd(gradient, normal, TLanes.Load(sums + i)), sums + i);
                TLanes.Store(TLanes.Add(gradient, TLanes.Load(biasSums + i)), biasSums + i);
            }

            if (gain != null) gradient = TLanes.Multiply(gradient, TLanes.Load(gain + i));
            sum = TLanes.Add(sum, gradient);
            dot = TLanes.MultiplyAdd(gradient, normal, dot);
        }

        return (TLanes.Sum(sum), TLanes.Sum(dot));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Combine<TVector, TLanes>(in Job job, int row, float meanSum, float meanDot, int start, int end)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        float* x = job.X + (long)row * job.Width, dy = job.Gradient + (long)row * job.Width, dx = job.Y + (long)row * job.Width, gain = job.Gain;
        TVector lowered = TLanes.Broadcast(-job.Mean[row]), inverse = TLanes.Broadcast(job.Inverse[row]);
        TVector shift = TLanes.Broadcast(-meanSum), slope = TLanes.Broadcast(-meanDot * job.Inverse[row]);
        for (int i = start; i < end; i += TLanes.Count)
        {
            var gradient = TLanes.Load(dy + i);
            if (gain != null) gradient = TLanes.Multiply(gradient, TLanes.Load(gain + i)); // rounded as in the sums: a row of one number has gradient 0
            gradient = TLanes.Add(gradient, shift);
            gradient = TLanes.MultiplyAdd(TLanes.Add(TLanes.Load(x + i), lowered), slope, gradient);
            TLanes.Store(TLanes.Multiply(gradient, inverse), dx + i);
        }
    }

    /// <summary>Backward: Y is the gradient to write, and Sums what each tile adds up.</summary>
    private struct Job
    {
        public float* X, Gradient, Gain, Bias, Y, Mean, Inverse, Sums;
        public int Rows, Width, RowsPerTile;
        public float Epsilon;

        public readonly int Tiles => (Rows + RowsPerTile - 1) / RowsPerTile;

        public readonly int End(int tile) => Math.Min((tile + 1) * RowsPerTile, Rows);
    }
}
