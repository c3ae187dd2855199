using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gradus.Kernels.Convolution;

/// <summary>The input gradient of a 3x3 convolution of a blocked input, from the sparse gradient behind ReLU and 2x2 max-pooling.</summary>
/// <remarks>
/// Lanes run over input channels. The living outputs of a pooled pixel are grouped by their place in the 2x2 window: each group adds
/// its channels' weights, times their gradients, into the 9 accumulators of one place of the input.
/// </remarks>
internal static unsafe class PooledBackwardInput
{
    private const int Taps = 9, Places = 4;
    private const int BandEntries = 3072; // 24 KiB of entries: they stay near while every input block reads them

    /// <summary>Floats of weights packed by <see cref="Pack"/>.</summary>
    public static int PackedLength(in ConvolutionGeometry g) => g.InBlocks * g.OutChannels * Taps * Blocked.Lanes;

    /// <summary>[out, in, 3, 3] becomes [in block][out][tap][16 lanes].</summary>
    public static void Pack(in ConvolutionGeometry g, ReadOnlySpan<float> weights, Span<float> packed)
    {
        fixed (float* from = weights, to = packed)
        {
            Workers.Run(g.InBlocks, (G: g, From: (nint)from, To: (nint)to), static (s, block) =>
            {
                float* to = (float*)s.To + (long)block * s.G.OutChannels * Taps * Blocked.Lanes;
                int lanes = Math.Min(Blocked.Lanes, s.G.InChannels - block * Blocked.Lanes);
                for (int output = 0; output < s.G.OutChannels; output++)
                {
                    float* from = (float*)s.From + ((long)output * s.G.InChannels + block * Blocked.Lanes) * Taps;
                    for (int tap = 0; tap < Taps; tap++)
                    {
                        for (int lane = 0; lane < Blocked.Lanes; lane++) *to++ = lane < lanes ? from[lane * Taps + tap] : 0;
                    }
                }
            });
        }
    }

    /// <summary>inputGradient [n, blocks, height, width, 16] is overwritten.</summary>
    public static void Run(
        in ConvolutionGeometry g, ReadOnlySpan<float> packed, ReadOnlySpan<float> pooled, ReadOnlySpan<byte> argmax, ReadOnlySpan<float> gradient, Span<float> inputGradient)
    {
        fixed (float* w = packed, y = pooled, dy = gradient, dx = inputGradient)
        fixed (byte* a = argmax)
        {
            var job = new Job { G = g, Packed = w, Gradient = new PooledGradient { Pooled = y, Gradient = dy, Argmax = a }, InputGradient = dx };
            job.BandRows = Math.Clamp(BandEntries / Math.Max(1, g.OutChannels * g.PooledWidth), 1, Math.Max(1, g.PooledHeight));
            Workers.Run(g.Batch, job, static (job, image) => job.RunTile(image), job.ScratchLength);
        }
    }

    private struct Job
    {
        public ConvolutionGeometry G;
        public float* Packed, InputGradient;
        public PooledGradient Gradient;
        public int BandRows;

        // one place's list may hold every channel
        private readonly int Positions => BandRows * G.PooledWidth;

        private readonly bool IsPadded => G.PadTop != 0 || G.PadLeft != 0 || G.PadBottom != 0 || G.PadRight != 0;

        private readonly int PaddedHeight => Math.Max(2 * G.PooledHeight + 2, G.InHeight + G.PadTop);

        private readonly int PaddedWidth => Math.Max(2 * G.PooledWidth + 2, G.InWidth + G.PadLeft);

        private readonly int PaddedLength => IsPadded ? G.InBlocks * PaddedHeight * PaddedWidth * Blocked.Lanes : 0;

        public readonly int ScratchLength => Positions * Places * (2 * G.OutChannels + 2) + PaddedLength + 64;

        public readonly void RunTile(int image)
        {
            float* values = Workers.Scratch;
            int* offsets = (int*)(values + Positions * Places * (G.OutChannels + 1));
            int* counts = offsets + Positions * Places * (G.OutChannels + 1) - Positions * Places;
            float* target = InputGradient + (long)image * G.InBlocks * G.InHeight * G.InWidth * Blocked.Lanes;
            float* sums = IsPadded ? values + Positions * Places * (2 * G.OutChannels + 2) + 16 : target;
            int width = IsPadded ? PaddedWidth : G.InWidth, height = IsPadded ? PaddedHeight : G.InHeight;
            nint plane = (nint)height * width * Blocked.Lanes, rowStep = (nint)width * Blocked.Lanes;
            new Span<float>(sums, (int)(G.InBlocks * plane)).Clear();
            for (int row = 0; row < G.PooledHeight; row += BandRows)
            {
                int rows = Math.Min(BandRows, G.PooledHeight - row);
                Collect(image, row, rows, offsets, values, counts);
                for (int block = 0; block < G.InBlocks; block++)
                {
                    float* weights = Packed + (long)block * G.OutChannels * Taps * Blocked.Lanes;
                    float* band = sums + block * plane + 2 * row * rowStep;
                    Add(weights, band, rowStep, rows, offsets, values, counts);
                }
            }

            if (IsPadded) CopyInterior(sums, target, plane, rowStep);
        }

        private readonly void Collect(int image, int row, int rows, int* offsets, float* values, int* counts)
        {
            new Span<int>(counts, Positions * Places).Clear();
            float* masked = stackalloc float[Blocked.Lanes];
            for (int block = 0; block < G.OutBlocks; block++)
            {
                long at = (((long)image * G.OutBlocks + block) * G.PooledHeight + row) * G.PooledWidth * Blocked.Lanes;
                int first = block * Blocked.Lanes, channels = Math.Min(Blocked.Lanes, G.OutChannels - first);
                for (int position = 0; position < rows * G.PooledWidth; position++, at += Blocked.Lanes)
                {
                    Gradient.Mask(at, 1, masked);
                    for (int lane = 0; lane < channels; lane++)
                    {
                        float value = masked[lane];
                        int list = position * Places + Gradient.Argmax[at + lane];
                        int count = counts[list];
                        offsets[list * G.OutChannels + count] = (first + lane) * Taps * Blocked.Lanes;
                        values[list * G.OutChannels + count] = value;
                        counts[list] = count + (value != 0 ? 1 : 0);
                    }
                }
            }
        }

        private readonly void Add(float* weights, float* band, nint rowStep, int rows, int* offsets, float* values, int* counts)
        {
            int list = 0;
            for (int y = 0; y < rows; y++)
            {
                for (int x = 0; x < G.PooledWidth; x++)
                {
                    for (int place = 0; place < Places; place++, list++)
                    {
                        if (counts[list] == 0) continue;
                        float* to = band + (2 * y + (place >> 1)) * rowStep + (2 * x + (place & 1)) * Blocked.Lanes;
                        AddPlace(to, rowStep, weights, offsets + list * G.OutChannels, values + list * G.OutChannels, counts[list]);
                    }
                }
            }
        }

        private readonly void CopyInterior(float* sums, float* target, nint plane, nint rowStep)
        {
            for (int block = 0; block < G.InBlocks; block++)
            {
                for (int y = 0; y < G.InHeight; y++)
                {
                    float* from = sums + block * plane + (y + G.PadTop) * rowStep + G.PadLeft * Blocked.Lanes;
                    int length = G.InWidth * Blocked.Lanes;
                    new ReadOnlySpan<float>(from, length).CopyTo(new Span<float>(target + ((long)block * G.InHeight + y) * length, length));
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddPlace(float* to, nint rowStep, float* weights, int* offsets, float* values, int count)
    {
        float* middle = to + rowStep, bottom = middle + rowStep;
        var s0 = Vector512.Load(to);
        var s1 = Vector512.Load(to + Blocked.Lanes);
        var s2 = Vector512.Load(to + 2 * Blocked.Lanes);
        var s3 = Vector512.Load(middle);
        var s4 = Vector512.Load(middle + Blocked.Lanes);
        var s5 = Vector512.Load(middle + 2 * Blocked.Lanes);
        var s6 = Vector512.Load(bottom);
        var s7 = Vector512.Load(bottom + Blocked.Lanes);
        var s8 = Vector512.Load(bottom + 2 * Blocked.Lanes);
        for (int i = 0; i < count; i++)
        {
            var value = Vector512.Create(values[i]);
            float* weight = weights + offsets[i];
            s0 = Vector512.FusedMultiplyAdd(value, Vector512.Load(weight), s0);
            s1 = Vector512.FusedMultiplyAdd(value, Vector512.Load(weight + 1 * Blocked.Lanes), s1);
            s2 = Vector512.FusedMultiplyAdd(value, Vector512.Load(weight + 2 * Blocked.Lanes), s2);
            s3 = Vector512.FusedMultiplyAdd(value, Vector512.Load(weight + 3 * Blocked.Lanes), s3);
            s4 = Vector512.FusedMultiplyAdd(value, Vector512.Load(weight + 4 * Blocked.Lanes), s4);
            s5 = Vector512.FusedMultiplyAdd(value, Vector512.Load(weight + 5 * Blocked.Lanes), s5);
            s6 = Vector512.FusedMultiplyAdd(value, Vector512.Load(weight + 6 * Blocked.Lanes), s6);
            s7 = Vector512.FusedMultiplyAdd(value, Vector512.Load(weight + 7 * Blocked.Lanes), s7);
            s8 = Vector512.FusedMultiplyAdd(value, Vector512.Load(weight + 8 * Blocked.Lanes), s8);
        }

        s0.Store(to);
        s1.Store(to + Blocked.Lanes);
        s2.Store(to + 2 * Blocked.Lanes);
        s3.Store(middle);
        s4.Store(middle + Blocked.Lanes);
        s5.Store(middle + 2 * Blocked.Lanes);
        s6.Store(bottom);
        s7.Store(bottom + Blocked.Lanes);
        s8.Store(bottom + 2 * Blocked.Lanes);
    }
}
