namespace Gradus.Kernels.Convolution;

/// <summary>
/// Weights in the order in which the register tile reads them: [pair of output blocks][group of channels][tap][channel][32 lanes],
/// the last pair 16 lanes wide when the number of blocks is odd. Lanes beyond the last channel are zero.
/// </summary>
internal static unsafe class PackedWeights
{
    private static int PairLanes => RegisterTile.BlocksTogether * Blocked.Lanes;

    /// <summary>The number of floats that <see cref="Forward"/> fills.</summary>
    public static int ForwardLength(in ConvolutionGeometry g) => g.InChannels * g.Taps * g.OutBlocks * Blocked.Lanes;

    /// <summary>The number of floats that <see cref="Backward"/> fills.</summary>
    public static int BackwardLength(in ConvolutionGeometry g) => g.OutChannels * g.Taps * g.InBlocks * Blocked.Lanes;

    /// <summary>Packs [out, in, kernelHeight, kernelWidth] for <see cref="ConvolutionForward"/>.</summary>
    public static void Forward(in ConvolutionGeometry g, ReadOnlySpan<float> weights, Span<float> packed)
    {
        int* taps = stackalloc int[g.Taps];
        for (int tap = 0; tap < g.Taps; tap++) taps[tap] = tap;
        fixed (float* from = weights, to = packed)
        {
            Pack(new Order
            {
                From = from,
                To = to,
                Taps = taps,
                TapCount = g.Taps,
                LaneChannels = g.OutChannels,
                LaneStride = g.InChannels * g.Taps,
                Channels = g.InChannels,
                ChannelStride = g.Taps,
                Group = g.PlainInput ? 1 : Blocked.Lanes,
            });
        }
    }

    /// <summary>Packs [out, in, kernelHeight, kernelWidth] for <see cref="ConvolutionBackwardInput"/>: input channels in the lanes, one part a phase of the stride.</summary>
    public static void Backward(in ConvolutionGeometry g, ReadOnlySpan<float> weights, Span<float> packed)
    {
        int* taps = stackalloc int[g.Taps];
        fixed (float* from = weights, to = packed)
        {
            float* part = to;
            for (int phase = 0; phase < g.StrideY * g.StrideX; phase++)
            {
                int count = StridePhase.Taps(g, phase / g.StrideX, phase % g.StrideX, taps);
                Pack(new Order
                {
                    From = from,
                    To = part,
                    Taps = taps,
                    TapCount = count,
                    LaneChannels = g.InChannels,
                    LaneStride = g.Taps,
                    Channels = g.OutChannels,
                    ChannelStride = g.InChannels * g.Taps,
                    Group = Blocked.Lanes,
                });
                part += (long)g.OutChannels * count * g.InBlocks * Blocked.Lanes;
            }
        }
    }

    private struct Order
    {
        public float* From, To;
        public int* Taps;
        public int TapCount, LaneChannels, LaneStride, Channels, ChannelStride, Group;
        public readonly int Pairs => (Blocked.Blocks(LaneChannels) + RegisterTile.BlocksTogether - 1) / RegisterTile.BlocksTogether;
        public readonly int Groups => (Channels + Group - 1) / Group;
    }

    private static void Pack(Order order) =>
        Workers.Run(order.Pairs * order.Groups, order, static (order, tile) => PackTile(in order, tile / order.Groups, tile % order.Groups));

    private static void PackTile(in Order order, int pair, int group)
    {
        int firstLane = pair * PairLanes, firstChannel = group * order.Group;
        int width = Math.Min(PairLanes, (Blocked.Blocks(order.LaneChannels) * Blocked.Lanes) - firstLane);
        int lanes = Math.Min(width, order.LaneChannels - firstLane), depth = Math.Min(order.Group, order.Channels - firstChannel);
        long rows = (long)order.Channels * order.TapCount;
        float* to = order.To + (pair * rows * PairLanes) + ((long)firstChannel * order.TapCount * width);
        for (int lane = 0; lane < width; lane++)
        {
            float* row = order.From + ((long)(firstLane + lane) * order.LaneStride) + ((long)firstChannel * order.ChannelStride);
            float* cell = to + lane;
            for (int tap = 0; tap < order.TapCount; tap++)
            {
                for (int channel = 0; channel < depth; channel++, cell += width)
                    *cell = lane < lanes ? row[((long)channel * order.ChannelStride) + order.Taps[tap]] : 0;
            }
        }
    }
}
