namespace Gradus.Kernels.Convolution.Winograd;

/// <summary>
/// Transformed weights in the order in which the products read them: [pair of output blocks][place][channel, of whole blocks][32 lanes], the
/// last pair 16 lanes wide when the number of blocks is odd. Channels and lanes beyond the last are zero.
/// </summary>
internal static unsafe class WinogradWeights
{
    /// <summary>The number of floats that <see cref="Forward"/> or <see cref="Backward"/> fills.</summary>
    public static int Length(in WinogradGeometry g) => WinogradGeometry.Places * g.InBlocks * Blocked.Lanes * g.OutBlocks * Blocked.Lanes;

    /// <summary>Where a pair of output blocks begins.</summary>
    public static nint PairOffset(in WinogradGeometry g, int pair) => (nint)pair * WinogradGeometry.Places * g.InBlocks * Blocked.Lanes * 2 * Blocked.Lanes;

    /// <summary>For the convolution: lanes are its output channels.</summary>
    public static void Forward(in ConvolutionGeometry g, ReadOnlySpan<float> weights, Span<float> transformed) =>
        Transform(WinogradGeometry.Forward(g), weights, g.InChannels * 9, 9, turned: false, transformed);

    /// <summary>For the gradient of its input: lanes are its input channels, and the taps are turned by half a turn.</summary>
    public static void Backward(in ConvolutionGeometry g, ReadOnlySpan<float> weights, Span<float> transformed) =>
        Transform(WinogradGeometry.Backward(g), weights, 9, g.InChannels * 9, turned: true, transformed);

    private static void Transform(in WinogradGeometry g, ReadOnlySpan<float> weights, int laneStride, int channelStride, bool turned, Span<float> transformed)
    {
        fixed (float* from = weights, to = transformed)
        {
            Workers.Run(g.OutBlocks * g.InBlocks, (G: g, From: (nint)from, To: (nint)to, laneStride, channelStride, turned), static (s, tile) =>
            {
                var (outBlock, inBlock) = Math.DivRem(tile, s.G.InBlocks);
                Transform(s.G, (float*)s.From, (float*)s.To, s.laneStride, s.channelStride, s.turned, outBlock, inBlock);
            });
        }
    }

    private static void Transform(in WinogradGeometry g, float* from, float* to, int laneStride, int channelStride, bool turned, int outBlock, int inBlock)
    {
        int lanes = Math.Min(Blocked.Lanes, g.OutChannels - (outBlock * Blocked.Lanes));
        int width = Math.Min(2, g.OutBlocks - (outBlock & ~1)) * Blocked.Lanes; // of this pair
        float* taps = stackalloc float[9 * Blocked.Lanes];
        new Span<float>(taps, 9 * Blocked.Lanes).Clear();
        to += PairOffset(g, outBlock / 2) + ((outBlock & 1) * Blocked.Lanes) + ((nint)inBlock * Blocked.Lanes * width);
        nint step = (nint)g.InBlocks * Blocked.Lanes * width;
        for (int i = 0; i < Blocked.Lanes; i++, to += width)
        {
            int channel = (inBlock * Blocked.Lanes) + i;
            if (channel >= g.InChannels) new Span<float>(taps, 9 * Blocked.Lanes).Clear();
            else GatherTaps(from + ((nint)channel * channelStride) + ((nint)outBlock * Blocked.Lanes * laneStride), laneStride, lanes, taps);
            Transforms.Weights(taps, Blocked.Lanes, turned, to, step);
        }
    }

    private static void GatherTaps(float* from, int laneStride, int lanes, float* taps)
    {
        for (int lane = 0; lane < lanes; lane++, from += laneStride, taps++)
        {
            for (int tap = 0; tap < 9; tap++) taps[tap * Blocked.Lanes] = from[tap];
        }
    }
}
