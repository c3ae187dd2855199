using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gradus.Kernels;

/// <summary>
/// Each group of channels of each image of <c>[images, channels, plane]</c> to zero mean and unit variance, then scaled and shifted channel by
/// channel, and the gradients of that. A tile is one group of one image.
/// </summary>
internal readonly unsafe struct GroupNormalization(int images, int channels, int plane, int groups)
{
    private int Together => channels / groups;

    /// <summary>Floats of working memory of <see cref="Backward"/>.</summary>
    public int ScratchLength => 2 * images * channels;

    /// <summary>y = (x - mean) · inverse · gain + bias with inverse = 1 / √(variance + epsilon).</summary>
    /// <param name="x">[images, channels, plane].</param>
    /// <param name="gain">[channels], or empty for 1.</param>
    /// <param name="bias">[channels], or empty for 0.</param>
    /// <param name="y">As x.</param>
    /// <param name="mean">[images · groups], written.</param>
    /// <param name="inverse">[images · groups], written.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public void Forward(ReadOnlySpan<float> x, ReadOnlySpan<float> gain, ReadOnlySpan<float> bias, Span<float> y, Span<float> mean, Span<float> inverse, float epsilon)
    {
        fixed (float* px = x, pGain = gain, pBias = bias, py = y, pMean = mean, pInverse = inverse)
        {
            var job = new Job { Sizes = this, X = px, Gain = pGain, Bias = pBias, Y = py, Mean = pMean, Inverse = pInverse, Epsilon = epsilon };
            Tiles.Run(images * groups, 4L * x.Length, job, static (job, row) =>
            {
                if (Vector512.IsHardwareAccelerated) job.Sizes.Forward<Vector512<float>, Lanes512>(job, row);
                else if (Vector256.IsHardwareAccelerated) job.Sizes.Forward<Vector256<float>, Lanes256>(job, row);
                else if (Vector128.IsHardwareAccelerated) job.Sizes.Forward<Vector128<float>, Lanes128>(job, row);
                else job.Sizes.Forward<float, ScalarLanes>(job, row);
            });
        }
    }

    /// <summary>
    /// With x̂ = (x - mean) · inverse: dx = inverse · (dy gain - mean(dy gain) - x̂ mean(dy gain x̂)), dgain = Σ dy x̂, dbias = Σ dy, summed
    /// channel by channel and then over the images in order. A gradient that is empty is not wanted.
    /// </summary>
    public void Backward(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, ReadOnlySpan<float> gain, ReadOnlySpan<float> mean, ReadOnlySpan<float> inverse,
        Span<float> dx, Span<float> dGain, Span<float> dBias, Span<float> scratch)
    {
        fixed (float* px = x, pdy = dy, pGain = gain, pMean = mean, pInverse = inverse, pdx = dx, pSums = scratch)
        {
            var job = new Job { Sizes = this, X = px, Gradient = pdy, Gain = pGain, Y = pdx, Mean = pMean, Inverse = pInverse, Sums = pSums };
            Tiles.Run(images * groups, 6L * x.Length, job, static (job, row) =>
            {
                if (Vector512.IsHardwareAccelerated) job.Sizes.Backward<Vector512<float>, Lanes512>(job, row);
                else if (Vector256.IsHardwareAccelerated) job.Sizes.Backward<Vector256<float>, Lanes256>(job, row);
                else if (Vector128.IsHardwareAccelerated) job.Sizes.Backward<Vector128<float>, Lanes128>(job, row);
                else job.Sizes.Backward<float, ScalarLanes>(job, row);
            });
        }

        Fold(scratch, dBias, 0);
        Fold(scratch, dGain, 1);
    }

    private void Fold(ReadOnlySpan<float> scratch, Span<float> sums, int which)
    {
        for (int channel = 0; channel < sums.Length; channel++)
        {
            double sum = 0;
            for (int image = 0; image < images; image++) sum += scratch[2 * (image * channels + channel) + which];
            sums[channel] = (float)sum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Forward<TVector, TLanes>(in Job job, int row)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        long start = (long)row * Together * plane;
        var (mean, variance) = RowStatistics.Of<TVector, TLanes>(job.X + start, Together * plane);
        float inverse = 1 / MathF.Sqrt(variance + job.Epsilon);
        (job.Mean[row], job.Inverse[row]) = (mean, inverse);
        int whole = plane - plane % TLanes.Count, first = row % groups * Together;
        for (int i = 0; i < Together; i++)
        {
            float scale = job.GainOf(first + i) * inverse, shift = (job.Bias == null ? 0 : job.Bias[first + i]) - mean * scale;
            float* x = job.X + start + (long)i * plane, y = job.Y + start + (long)i * plane;
            Scale<TVector, TLanes>(x, scale, shift, y, 0, whole);
            Scale<float, ScalarLanes>(x, scale, shift, y, whole, plane);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scale<TVector, TLanes>(float* x, float scale, float shift, float* y, int start, int end)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        TVector factor = TLanes.Broadcast(scale), addend = TLanes.Broadcast(shift);
        for (int i = start; i < end; i += TLanes.Count) TLanes.Store(TLanes.MultiplyAdd(TLanes.Load(x + i), factor, addend), y + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Backward<TVector, TLanes>(in Job job, int row)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        long start = (long)row * Together * plane;
        float mean = job.Mean[row], inverse = job.Inverse[row];
        int whole = plane - plane % TLanes.Count, first = row % groups * Together;
        float* sums = job.Sums + 2 * (long)row * Together;
        double sum = 0, dot = 0;
        for (int i = 0; i < Together; i++)
        {
            float* x = job.X + start + (long)i * plane, dy = job.Gradient + start + (long)i * plane;
            var (part, partDot) = Sums<TVector, TLanes>(x, dy, mean, 0, whole);
            var (rest, restDot) = Sums<float, ScalarLanes>(x, dy, mean, whole, plane);
            (sums[2 * i], sums[2 * i + 1]) = (part + rest, (partDot + restDot) * inverse);
            sum += job.GainOf(first + i) * (double)sums[2 * i];
            dot += job.GainOf(first + i) * (double)sums[2 * i + 1];
        }

        if (job.Y == null) return;
        double each = (double)Together * plane;
        float b = (float)(-dot / each * inverse * inverse), c = (float)(-sum / each * inverse) - b * mean;
        for (int i = 0; i < Together; i++)
        {
            float* x = job.X + start + (long)i * plane, dy = job.Gradient + start + (long)i * plane, dx = job.Y + start + (long)i * plane;
            Combine<TVector, TLanes>(dy, x, job.GainOf(first + i) * inverse, b, c, dx, 0, whole);
            Combine<float, ScalarLanes>(dy, x, job.GainOf(first + i) * inverse, b, c, dx, whole, plane);
        }
    }

    // Σ dy and Σ dy (x - mean)
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (float Sum, float Dot) Sums<TVector, TLanes>(float* x, float* dy, float mean, int start, int end)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        TVector lowered = TLanes.Broadcast(-mean), sum = TLanes.Broadcast(0), dot = sum;
        for (int i = start; i < end; i += TLanes.Count)
        {
            var gradient = TLanes.Load(dy + i);
            sum = TLanes.Add(sum, gradient);
            dot = TLanes.MultiplyAdd(gradient, TLanes.Add(TLanes.Load(x + i), lowered), dot);
        }

        return (TLanes.Sum(sum), TLanes.Sum(dot));
    }

    // dx = a dy + b x + c
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Combine<TVector, TLanes>(float* dy, float* x, float a, float b, float c, float* dx, int start, int end)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        TVector scale = TLanes.Broadcast(a), slope = TLanes.Broadcast(b), shift = TLanes.Broadcast(c);
        for (int i = start; i < end; i += TLanes.Count)
            TLanes.Store(TLanes.MultiplyAdd(TLanes.Load(dy + i), scale, TLanes.MultiplyAdd(TLanes.Load(x + i), slope, shift)), dx + i);
    }

    /// <summary>Backward: Y is the gradient to write, Sums [images, channels, 2] of dy and of dy x̂.</summary>
    private struct Job
    {
        public GroupNormalization Sizes;
        public float* X, Gradient, Gain, Bias, Y, Mean, Inverse, Sums;
        public float Epsilon;

        public readonly float GainOf(int channel) => Gain == null ? 1 : Gain[channel];
    }
}
