using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gradus.Kernels.Convolution;

/// <summary>The weight gradient of a first layer, whose few input channels are plain, from the sparse gradient behind ReLU and 2x2 max-pooling.</summary>
/// <remarks>
/// The window of an output pixel is unfolded into at most 32 lanes, so that one output costs two multiply-adds of 16 lanes. Images
/// are cut into a fixed number of parts with sums of their own, which are added in a fixed order.
/// </remarks>
internal static unsafe class PooledBackwardFirstWeights
{
    private const int Lanes = 32;
    private const int Parts = 8; // not the number of threads: the sums must not depend on it

    /// <summary>True if the scheme covers this convolution.</summary>
    public static bool Covers(in ConvolutionGeometry g) =>
        g is { StrideY: 1, StrideX: 1, DilationY: 1, DilationX: 1, PlainInput: true } && g.InChannels * g.Taps <= Lanes;

    /// <summary>Floats of the parts' sums.</summary>
    public static int SumsLength(in ConvolutionGeometry g) => Math.Min(Parts, Math.Max(1, g.Batch)) * PartLength(g);

    /// <summary>weightGradient [out, in, kernelHeight, kernelWidth] and biasGradient [out] (or empty) are overwritten.</summary>
    public static void Run(
        in ConvolutionGeometry g, ReadOnlySpan<float> input, ReadOnlySpan<float> pooled, ReadOnlySpan<byte> argmax, ReadOnlySpan<float> gradient,
        Span<float> weightGradient, Span<float> biasGradient, Span<float> sums)
    {
        fixed (float* x = input, y = pooled, dy = gradient, s = sums)
        fixed (byte* a = argmax)
        {
            int parts = Math.Min(Parts, Math.Max(1, g.Batch));
            var job = new Job { G = g, Parts = parts, Input = x, Sums = s, Gradient = new PooledGradient { Pooled = y, Gradient = dy, Argmax = a } };
            Workers.Run(parts, job, static (job, part) => job.RunPart(part), job.WindowLength + job.BandLength + job.MaskedLength);
            int depth = g.InChannels * g.Taps;
            for (int output = 0; output < g.OutChannels; output++)
            {
                var row = weightGradient.Slice(output * depth, depth);
                row.Clear();
                float bias = 0;
                for (int part = 0; part < parts; part++)
                {
                    float* from = s + (long)part * PartLength(g) + output * Lanes;
                    for (int i = 0; i < depth; i++) row[i] += from[i];
                    bias += s[(long)part * PartLength(g) + g.OutBlocks * Blocked.Lanes * Lanes + output];
                }

                if (!biasGradient.IsEmpty) biasGradient[output] = bias;
            }
        }
    }

    private static int PartLength(in ConvolutionGeometry g) => g.OutBlocks * Blocked.Lanes * (Lanes + 1);

    private struct Job
    {
        public ConvolutionGeometry G;
        public int Parts;
        public float* Input, Sums;
        public PooledGradient Gradient;

        private readonly int Pixels => 2 * G.PooledWidth;

        private readonly int BandRows => G.KernelHeight + 1;

        private readonly int BandWidth => Pixels + G.KernelWidth - 1;

        public readonly int WindowLength => 2 * Pixels * Lanes + Blocked.Lanes; // the last chunk may write past its window

        public readonly int MaskedLength => G.PooledWidth * Blocked.Lanes;

        public readonly int BandLength => G.InChannels * BandRows * BandWidth + Lanes;

        public readonly void RunPart(int part)
        {
            float* sums = Sums + (long)part * PartLength(G);
            new Span<float>(sums, PartLength(G)).Clear();
            float* bias = sums + G.OutBlocks * Blocked.Lanes * Lanes;
            float* masked = Workers.Scratch, windows = masked + MaskedLength, band = windows + WindowLength;
            new Span<float>(windows, WindowLength).Clear();
            int first = (int)((long)G.Batch * part / Parts), end = (int)((long)G.Batch * (part + 1) / Parts);
            for (int image = first; image < end; image++)
            {
                for (int row = 0; row < G.PooledHeight; row++)
                {
                    CopyBand(image, 2 * row, band);
                    Unfold(band, windows);
                    for (int block = 0; block < G.OutBlocks; block++)
                    {
                        long at = (((long)image * G.OutBlocks + block) * G.PooledHeight + row) * G.PooledWidth * Blocked.Lanes;
                        int channels = Math.Min(Blocked.Lanes, G.OutChannels - block * Blocked.Lanes);
                        Gradient.Mask(at, G.PooledWidth, masked);
                        for (int lane = 0; lane < channels; lane++)
                        {
                            int output = block * Blocked.Lanes + lane;
                            bias[output] += AddRow(sums + output * Lanes, windows, masked + lane, Gradient.Argmax + at + lane, G.PooledWidth);
                        }
                    }
                }
            }
        }

        private readonly void CopyBand(int image, int top, float* band)
        {
            int left = G.PadLeft, width = Math.Min(G.InWidth, BandWidth - left);
            for (int channel = 0; channel < G.InChannels; channel++)
            {
                float* plane = Input + ((long)image * G.InChannels + channel) * G.InHeight * G.InWidth;
                for (int i = 0; i < BandRows; i++)
                {
                    var to = new Span<float>(band + (channel * BandRows + i) * BandWidth, BandWidth);
                    int y = top + i - G.PadTop;
                    if (y < 0 || y >= G.InHeight)
                    {
                        to.Clear();
                        continue;
                    }

                    to[..left].Clear();
                    new ReadOnlySpan<float>(plane + (long)y * G.InWidth, width).CopyTo(to[left..]);
                    to[(left + width)..].Clear();
                }
            }
        }

        // Chunk by chunk, a vector where a kernel's row may be shorter: what it writes too much, the next chunk overwrites.
        private readonly void Unfold(float* band, float* windows)
        {
            for (int half = 0; half < 2; half++)
            {
                float* to = windows + half * Pixels * Lanes;
                for (int channel = 0; channel < G.InChannels; channel++)
                {
                    for (int tap = 0; tap < G.KernelHeight; tap++, to += G.KernelWidth)
                        CopyChunk(band + (channel * BandRows + half + tap) * BandWidth, to, Pixels, G.KernelWidth);
                }
            }
        }
    }

    private static void CopyChunk(float* from, float* to, int pixels, int width)
    {
        for (int start = 0; start < width; start += 4)
            for (int x = 0; x < pixels; x++) Vector128.Load(from + x + start).Store(to + x * Lanes + start);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float AddRow(float* sum, float* windows, float* masked, byte* argmax, int width)
    {
        var s0 = Vector512.Load(sum);
        var s1 = Vector512.Load(sum + Blocked.Lanes);
        Vector512<float> t0 = default, t1 = default; // two pairs of sums: one pair would wait for itself
        float bias = 0;
        nint row = (nint)2 * width * Lanes;
        int x = 0;
        for (; x + 1 < width; x += 2)
        {
            float first = masked[x * Blocked.Lanes], second = masked[(x + 1) * Blocked.Lanes];
            nint firstPlace = argmax[x * Blocked.Lanes], secondPlace = argmax[(x + 1) * Blocked.Lanes];
            bias += first;
            bias += second;
            float* window = windows + (firstPlace >> 1) * row + (2 * x + (firstPlace & 1)) * Lanes;
            s0 = Vector512.FusedMultiplyAdd(Vector512.Create(first), Vector512.Load(window), s0);
            s1 = Vector512.FusedMultiplyAdd(Vector512.Create(first), Vector512.Load(window + Blocked.Lanes), s1);
            window = windows + (secondPlace >> 1) * row + (2 * x + 2 + (secondPlace & 1)) * Lanes;
            t0 = Vector512.FusedMultiplyAdd(Vector512.Create(second), Vector512.Load(window), t0);
            t1 = Vector512.FusedMultiplyAdd(Vector512.Create(second), Vector512.Load(window + Blocked.Lanes), t1);
        }

        if (x < width)
        {
            float last = masked[x * Blocked.Lanes];
            nint place = argmax[x * Blocked.Lanes];
            bias += last;
            float* window = windows + (place >> 1) * row + (2 * x + (place & 1)) * Lanes;
            s0 = Vector512.FusedMultiplyAdd(Vector512.Create(last), Vector512.Load(window), s0);
            s1 = Vector512.FusedMultiplyAdd(Vector512.Create(last), Vector512.Load(window + Blocked.Lanes), s1);
        }

        (s0 + t0).Store(sum);
        (s1 + t1).Store(sum + Blocked.Lanes);
        return bias;
    }
}
