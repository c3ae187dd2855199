using Gradus.Kernels.Convolution;

namespace Gradus.Tests.Kernels;

/// <summary>Plain loops in double precision: what the kernels must agree with. All tensors are plain NCHW.</summary>
internal static class ConvolutionReference
{
    public static float[] Random(int count, int seed, double share = 1)
    {
        var random = new Random(seed);
        var values = new float[count];
        for (int i = 0; i < count; i++) values[i] = random.NextDouble() < share ? (float)((2 * random.NextDouble()) - 1) : 0;
        return values;
    }

    public static float[] ToBlocked(float[] plain, int batch, int channels, int pixels)
    {
        var blocked = new float[Blocked.Length(batch, channels, pixels)];
        blocked.AsSpan().Fill(float.NaN);
        Blocked.FromPlain(plain, blocked, batch, channels, pixels);
        return blocked;
    }

    public static float[] ToPlain(float[] blocked, int batch, int channels, int pixels)
    {
        var plain = new float[batch * channels * pixels];
        Blocked.ToPlain(blocked, plain, batch, channels, pixels);
        return plain;
    }

    public static double[] Forward(in ConvolutionGeometry g, float[] x, float[] w, float[] bias)
    {
        var y = new double[g.Batch * g.OutChannels * g.OutHeight * g.OutWidth];
        for (int i = 0; i < y.Length; i++) y[i] = bias.Length == 0 ? 0 : bias[i / (g.OutHeight * g.OutWidth) % g.OutChannels];
        Visit(g, (xi, wi, yi) => y[yi] += (double)x[xi] * w[wi]);
        return y;
    }

    public static (double[] Input, double[] Weights, double[] Bias) Backward(in ConvolutionGeometry g, float[] x, float[] w, double[] dy)
    {
        var (dx, dw, db) = (new double[x.Length], new double[w.Length], new double[g.OutChannels]);
        Visit(g, (xi, wi, yi) =>
        {
            dx[xi] += dy[yi] * w[wi];
            dw[wi] += dy[yi] * x[xi];
        });
        for (int i = 0; i < dy.Length; i++) db[i / (g.OutHeight * g.OutWidth) % g.OutChannels] += dy[i];
        return (dx, dw, db);
    }

    private static void Visit(in ConvolutionGeometry g, Action<int, int, int> visit)
    {
        for (int n = 0; n < g.Batch; n++)
            for (int o = 0; o < g.OutChannels; o++)
                for (int y = 0; y < g.OutHeight; y++)
                    for (int x = 0; x < g.OutWidth; x++)
                        for (int i = 0; i < g.InChannels; i++)
                            for (int ky = 0; ky < g.KernelHeight; ky++)
                                for (int kx = 0; kx < g.KernelWidth; kx++)
                                {
                                    int iy = (y * g.StrideY) - g.PadTop + (ky * g.DilationY), ix = (x * g.StrideX) - g.PadLeft + (kx * g.DilationX);
                                    if (iy < 0 || iy >= g.InHeight || ix < 0 || ix >= g.InWidth) continue;
                                    visit(
                                        (((((n * g.InChannels) + i) * g.InHeight) + iy) * g.InWidth) + ix,
                                        (((((o * g.InChannels) + i) * g.KernelHeight) + ky) * g.KernelWidth) + kx,
                                        (((((n * g.OutChannels) + o) * g.OutHeight) + y) * g.OutWidth) + x);
                                }
    }

    /// <summary>Agreement relative to the largest magnitude: single precision sums of a few thousand terms.</summary>
    public static void AssertClose(double[] expected, float[] actual, double tolerance = 1e-5)
    {
        Assert.Equal(expected.Length, actual.Length);
        double scale = Math.Max(1, expected.Select(Math.Abs).DefaultIfEmpty(0).Max());
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * scale, $"[{i}]: expected {expected[i]}, got {actual[i]}");
    }

    /// <summary>The lanes beyond the last channel.</summary>
    public static void AssertPaddingLanesAreZero(float[] blocked, int channels, int pixels)
    {
        int blocks = Blocked.Blocks(channels);
        for (int i = 0; i < blocked.Length; i++)
            if ((i / (pixels * Blocked.Lanes) % blocks * Blocked.Lanes) + (i % Blocked.Lanes) >= channels) Assert.Equal(0, blocked[i]);
    }
}
