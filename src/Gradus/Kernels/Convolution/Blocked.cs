namespace Gradus.Kernels.Convolution;

/// <summary>
/// The layout of activations inside a captured plan: [n, ceil(channels / 16), height, width, 16]. Every pixel of a block is one
/// cache line, one 512-bit register; lanes beyond the last channel are zero.
/// </summary>
internal static unsafe class Blocked
{
    public const int Lanes = 16;

    public static int Blocks(int channels) => (channels + Lanes - 1) / Lanes;

    /// <summary>The number of floats of a blocked tensor.</summary>
    public static int Length(int batch, int channels, int pixels) => batch * Blocks(channels) * pixels * Lanes;

    /// <summary>NCHW to blocked; <paramref name="pixels"/> = height x width.</summary>
    public static void FromPlain(ReadOnlySpan<float> plain, Span<float> blocked, int batch, int channels, int pixels)
    {
        fixed (float* from = plain, to = blocked)
        {
            Workers.Run(batch * Blocks(channels), (P: (nint)from, B: (nint)to, channels, pixels), static (s, tile) =>
            {
                int blocks = Blocks(s.channels), first = tile % blocks * Lanes, count = Math.Min(Lanes, s.channels - first);
                float* plain = (float*)s.P + ((((long)(tile / blocks) * s.channels) + first) * s.pixels);
                PlaneFromPlain(plain, (float*)s.B + ((long)tile * s.pixels * Lanes), count, s.pixels);
            });
        }
    }

    /// <summary>Blocked to NCHW; <paramref name="pixels"/> = height x width.</summary>
    public static void ToPlain(ReadOnlySpan<float> blocked, Span<float> plain, int batch, int channels, int pixels)
    {
        fixed (float* from = blocked, to = plain)
        {
            Workers.Run(batch * Blocks(channels), (B: (nint)from, P: (nint)to, channels, pixels), static (s, tile) =>
            {
                int blocks = Blocks(s.channels), first = tile % blocks * Lanes, count = Math.Min(Lanes, s.channels - first);
                float* plain = (float*)s.P + ((((long)(tile / blocks) * s.channels) + first) * s.pixels);
                PlaneToPlain((float*)s.B + ((long)tile * s.pixels * Lanes), plain, count, s.pixels);
            });
        }
    }

    /// <summary>One block of one image: [count, pixels] to [pixels, 16]; lanes from <paramref name="count"/> on become zero.</summary>
    public static void PlaneFromPlain(float* plain, float* blocked, int count, int pixels)
    {
        int pixel = 0;
        if (count == Lanes)
            for (; pixel <= pixels - Lanes; pixel += Lanes) Transpose.Run(plain + pixel, pixels, blocked + (pixel * Lanes), Lanes);
        for (; pixel < pixels; pixel++)
            for (int lane = 0; lane < Lanes; lane++)
                blocked[(pixel * Lanes) + lane] = lane < count ? plain[((long)lane * pixels) + pixel] : 0;
    }

    /// <summary>One block of one image: [pixels, 16] to [count, pixels].</summary>
    public static void PlaneToPlain(float* blocked, float* plain, int count, int pixels)
    {
        int pixel = 0;
        if (count == Lanes)
            for (; pixel <= pixels - Lanes; pixel += Lanes) Transpose.Run(blocked + (pixel * Lanes), Lanes, plain + pixel, pixels);
        for (; pixel < pixels; pixel++)
            for (int lane = 0; lane < count; lane++)
                plain[((long)lane * pixels) + pixel] = blocked[(pixel * Lanes) + lane];
    }
}
