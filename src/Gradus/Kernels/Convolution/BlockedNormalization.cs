using System.Runtime.Intrinsics;

namespace Gradus.Kernels.Convolution;

/// <summary>
/// Batch normalisation of blocked activations <c>[images, blocks, pixels, 16]</c>, with a residual and a rectifier in the same pass.
/// </summary>
/// <remarks>
/// A tile is one plane of one image. Statistics are taken plane by plane, mean first and then deviations while the plane is near, and
/// merged in the order of the images (Chan, Golub and LeVeque 1979, "Updating formulae and a pairwise algorithm for computing sample
/// variances", equation 2.1): one pass over memory, no cancellation, and the same bits on any number of threads.
/// </remarks>
internal readonly unsafe struct BlockedNormalization(int images, int blocks, int pixels)
{
    private const int L = Blocked.Lanes;

    /// <summary>Floats of working memory of <see cref="Statistics"/> and <see cref="GradientSums"/>.</summary>
    public int ScratchLength => 2 * images * blocks * L;

    private int Pixels => pixels;

    private int Planes => images * blocks;

    /// <summary>Mean and biased variance of every channel, <c>[blocks · 16]</c>.</summary>
    public void Statistics(ReadOnlySpan<float> x, Span<float> mean, Span<float> variance, Span<float> scratch)
    {
        fixed (float* from = x, to = scratch)
        {
            Workers.Run(Planes, (X: (nint)from, S: (nint)to, pixels), static (s, plane) =>
            {
                float* x = (float*)s.X + (long)plane * s.pixels * L, to = (float*)s.S + (long)plane * 2 * L;
                var mean = Sum(x, s.pixels) / s.pixels;
                mean.Store(to);
                SumOfSquares(x, mean, s.pixels).Store(to + L);
            });
        }

        for (int channel = 0; channel < blocks * L; channel++)
        {
            double sum = 0, squares = 0;
            int at = channel / L * 2 * L + channel % L;
            for (int image = 0; image < images; image++) sum += scratch[at + image * blocks * 2 * L];
            double center = sum / images;
            for (int image = 0; image < images; image++)
            {
                double deviation = scratch[at + image * blocks * 2 * L] - center;
                squares += scratch[at + image * blocks * 2 * L + L] + pixels * deviation * deviation;
            }

            mean[channel] = (float)center;
            variance[channel] = (float)(squares / ((double)images * pixels));
        }
    }

    /// <summary>y = scale · x + shift + residual, rectified if <paramref name="relu"/>; the residual may be empty.</summary>
    public void Apply(ReadOnlySpan<float> x, ReadOnlySpan<float> residual, ReadOnlySpan<float> scale, ReadOnlySpan<float> shift, bool relu, Span<float> y)
    {
        fixed (float* from = x, add = residual, scales = scale, shifts = shift, to = y)
        {
            Workers.Run(Planes, (X: (nint)from, R: (nint)add, A: (nint)scales, B: (nint)shifts, Y: (nint)to, blocks, pixels, relu), static (s, plane) =>
            {
                long at = (long)plane * s.pixels * L;
                float* x = (float*)s.X + at, y = (float*)s.Y + at;
                float* residual = s.R == 0 ? null : (float*)s.R + at;
                var scale = Vector512.Load((float*)s.A + plane % s.blocks * L);
                var shift = Vector512.Load((float*)s.B + plane % s.blocks * L);
                for (int i = 0; i < s.pixels * L; i += L)
                {
                    var value = Vector512.MultiplyAddEstimate(Vector512.Load(x + i), scale, shift);
                    if (residual != null) value += Vector512.Load(residual + i);
                    (s.relu ? RegisterTile.Rectify(value) : value).Store(y + i);
                }
            });
        }
    }

    /// <summary>sums = Σ dz and dots = Σ dz (x - mean) of every channel; dz is dy where the rectified output lives, or dy if it is empty.</summary>
    public void GradientSums(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, ReadOnlySpan<float> rectified, ReadOnlySpan<float> mean, Span<float> sums, Span<float> dots, Span<float> scratch)
    {
        fixed (float* from = x, gradient = dy, output = rectified, means = mean, to = scratch)
        {
            Workers.Run(Planes, (X: (nint)from, D: (nint)gradient, Y: (nint)output, M: (nint)means, S: (nint)to, blocks, pixels), static (s, plane) =>
            {
                long at = (long)plane * s.pixels * L;
                float* x = (float*)s.X + at, dy = (float*)s.D + at, to = (float*)s.S + (long)plane * 2 * L;
                float* y = s.Y == 0 ? null : (float*)s.Y + at;
                var mean = Vector512.Load((float*)s.M + plane % s.blocks * L);
                Vector512<float> sum = default, dot = default;
                for (int i = 0; i < s.pixels * L; i += L)
                {
                    var dz = Living(dy + i, y == null ? null : y + i);
                    sum += dz;
                    dot = Vector512.MultiplyAddEstimate(dz, Vector512.Load(x + i) - mean, dot);
                }

                sum.Store(to);
                dot.Store(to + L);
            });
        }

        for (int channel = 0; channel < blocks * L; channel++)
        {
            double sum = 0, dot = 0;
            for (int image = 0; image < images; image++)
            {
                int at = (image * blocks + channel / L) * 2 * L + channel % L;
                sum += scratch[at];
                dot += scratch[at + L];
            }

            (sums[channel], dots[channel]) = ((float)sum, (float)dot);
        }
    }

    /// <summary>dx = a · dz + b · x + c, and dr = dz; either may be empty where nobody wants it.</summary>
    public void Combine(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, ReadOnlySpan<float> rectified, ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> c,
        Span<float> dx, Span<float> residualGradient)
    {
        fixed (float* from = x, gradient = dy, output = rectified, scale = a, slope = b, shift = c, to = dx, residual = residualGradient)
        {
            var state = (X: (nint)from, D: (nint)gradient, Y: (nint)output, A: (nint)scale, B: (nint)slope, C: (nint)shift, To: (nint)to, R: (nint)residual, blocks, pixels);
            Workers.Run(Planes, state, static (s, plane) =>
            {
                long at = (long)plane * s.pixels * L;
                int block = plane % s.blocks * L;
                var (a, b, c) = (Vector512.Load((float*)s.A + block), Vector512.Load((float*)s.B + block), Vector512.Load((float*)s.C + block));
                for (long i = at; i < at + (long)s.pixels * L; i += L)
                {
                    var dz = Living((float*)s.D + i, s.Y == 0 ? null : (float*)s.Y + i);
                    if (s.R != 0) dz.Store((float*)s.R + i);
                    if (s.To != 0) Vector512.MultiplyAddEstimate(a, dz, Vector512.MultiplyAddEstimate(b, Vector512.Load((float*)s.X + i), c)).Store((float*)s.To + i);
                }
            });
        }
    }

    private static Vector512<float> Living(float* gradient, float* output) => output == null
        ? Vector512.Load(gradient)
        : Vector512.ConditionalSelect(Vector512.LessThanOrEqual(Vector512.Load(output), Vector512<float>.Zero), Vector512<float>.Zero, Vector512.Load(gradient));

    // Four sums side by side: one alone would wait for itself, and lose more digits.
    private static Vector512<float> Sum(float* x, int pixels)
    {
        Vector512<float> a = default, b = default, c = default, d = default;
        int pixel = 0;
        for (; pixel + 4 <= pixels; pixel += 4, x += 4 * L)
        {
            a += Vector512.Load(x);
            b += Vector512.Load(x + L);
            c += Vector512.Load(x + 2 * L);
            d += Vector512.Load(x + 3 * L);
        }

        for (; pixel < pixels; pixel++, x += L) a += Vector512.Load(x);
        return (a + b) + (c + d);
    }

    private static Vector512<float> SumOfSquares(float* x, Vector512<float> mean, int pixels)
    {
        Vector512<float> a = default, b = default;
        int pixel = 0;
        for (; pixel + 2 <= pixels; pixel += 2, x += 2 * L)
        {
            var (first, second) = (Vector512.Load(x) - mean, Vector512.Load(x + L) - mean);
            a = Vector512.MultiplyAddEstimate(first, first, a);
            b = Vector512.MultiplyAddEstimate(second, second, b);
        }

        if (pixel < pixels)
        {
            var last = Vector512.Load(x) - mean;
            a = Vector512.MultiplyAddEstimate(last, last, a);
        }

        return a + b;
    }
}
