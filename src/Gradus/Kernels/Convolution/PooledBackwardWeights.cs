using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gradus.Kernels.Convolution;

/// <summary>The weight gradient of a 3x3 convolution of a blocked input, from the sparse gradient behind ReLU and 2x2 max-pooling.</summary>
/// <remarks>
/// Lanes run over input channels. A tile owns 16 output channels and 32 input channels for the whole batch, so that no sum crosses
/// tiles; per output channel the 9 taps of two input blocks are 18 accumulators in registers.
/// </remarks>
internal static unsafe class PooledBackwardWeights
{
    private const int Taps = 9;
    private const int PairFloats = 2 * Taps * Blocked.Lanes;
    private const int BandFloats = 7 * 1024; // the input rows that 16 output channels share stay in the 32 KiB L1

    /// <summary>True if the scheme covers this convolution.</summary>
    public static bool Covers(in ConvolutionGeometry g) =>
        g is { KernelHeight: 3, KernelWidth: 3, StrideY: 1, StrideX: 1, DilationY: 1, DilationX: 1, PlainInput: false };

    /// <summary>weightGradient [out, in, 3, 3] and biasGradient [out] (or empty) are overwritten.</summary>
    public static void Run(
        in ConvolutionGeometry g, ReadOnlySpan<float> input, ReadOnlySpan<float> pooled, ReadOnlySpan<byte> argmax, ReadOnlySpan<float> gradient,
        Span<float> weightGradient, Span<float> biasGradient)
    {
        fixed (float* x = input, y = pooled, dy = gradient, dw = weightGradient, db = biasGradient)
        fixed (byte* a = argmax)
        {
            var job = new Job { G = g, Input = x, Gradient = new PooledGradient { Pooled = y, Gradient = dy, Argmax = a }, Weights = dw, Bias = db };
            int rowFloats = 2 * job.PaddedWidth * Blocked.Lanes;
            job.BandRows = Math.Clamp((BandFloats / rowFloats - 2) / 2, 1, Math.Max(1, g.PooledHeight));
            job.Pairs = (g.InBlocks + 1) / 2;
            int scratch = Blocked.Lanes * PairFloats + job.BandRows * g.PooledWidth * Blocked.Lanes + job.BandLength;
            Workers.Run(g.OutBlocks * job.Pairs, job, static (job, tile) => job.RunTile(tile / job.Pairs, tile % job.Pairs), scratch);
        }
    }

    private struct Job
    {
        public ConvolutionGeometry G;
        public float* Input, Weights, Bias;
        public PooledGradient Gradient;
        public int BandRows, Pairs;

        public readonly int PaddedWidth => 2 * G.PooledWidth + 2;

        private readonly bool IsPadded => G.PadTop != 0 || G.PadLeft != 0 || G.PadBottom != 0 || G.PadRight != 0;

        public readonly int BandLength => IsPadded ? 2 * (2 * BandRows + 2) * PaddedWidth * Blocked.Lanes : 0;

        public readonly void RunTile(int outBlock, int pair)
        {
            float* sums = Workers.Scratch;
            new Span<float>(sums, Blocked.Lanes * PairFloats).Clear();
            float* band = sums + Blocked.Lanes * PairFloats;
            float* masked = band + BandLength;
            int channels = Math.Min(Blocked.Lanes, G.OutChannels - outBlock * Blocked.Lanes);
            bool two = 2 * pair + 1 < G.InBlocks;
            var bias = stackalloc float[Blocked.Lanes];
            new Span<float>(bias, Blocked.Lanes).Clear();
            for (int image = 0; image < G.Batch; image++)
            {
                for (int row = 0; row < G.PooledHeight; row += BandRows)
                {
                    int rows = Math.Min(BandRows, G.PooledHeight - row);
                    var (origin, rowStep, plane) = Rows(image, 2 * pair, two, row, rows, band);
                    long at = (((long)image * G.OutBlocks + outBlock) * G.PooledHeight + row) * G.PooledWidth * Blocked.Lanes;
                    Gradient.Mask(at, rows * G.PooledWidth, masked);
                    if (pair == 0) AddBias(bias, masked, rows * G.PooledWidth);
                    for (int channel = 0; channel < channels; channel++)
                    {
                        for (int y = 0; y < rows; y++)
                        {
                            int line = y * G.PooledWidth * Blocked.Lanes + channel;
                            nint start = origin + 2 * y * rowStep * sizeof(float);
                            if (two) Add<C2>(sums + channel * PairFloats, start, plane, rowStep, masked + line, Gradient.Argmax + at + line, G.PooledWidth);
                            else Add<C1>(sums + channel * PairFloats, start, plane, rowStep, masked + line, Gradient.Argmax + at + line, G.PooledWidth);
                        }
                    }
                }
            }

            Write(sums, outBlock, pair, channels);
            if (pair == 0 && Bias != null) new ReadOnlySpan<float>(bias, channels).CopyTo(new Span<float>(Bias + outBlock * Blocked.Lanes, channels));
        }

        // The input rows under a band of pooled rows: in place, or copied with a border of zeros where the convolution pads.
        private readonly (nint Origin, nint RowStep, nint Plane) Rows(int image, int block, bool two, int row, int rows, float* band)
        {
            nint plane = (nint)G.InHeight * G.InWidth * Blocked.Lanes;
            float* from = Input + ((long)image * G.InBlocks + block) * plane;
            if (!IsPadded) return ((nint)(from + (long)2 * row * G.InWidth * Blocked.Lanes), (nint)G.InWidth * Blocked.Lanes, plane);
            nint rowStep = (nint)PaddedWidth * Blocked.Lanes, bandPlane = (2 * BandRows + 2) * rowStep;
            for (int half = 0; half < (two ? 2 : 1); half++)
            {
                for (int i = 0; i < 2 * rows + 2; i++)
                    BorderedRow.Copy(from + half * plane, G.InHeight, G.InWidth, Blocked.Lanes, 2 * row + i - G.PadTop, G.PadLeft, band + half * bandPlane + i * rowStep, PaddedWidth);
            }

            return ((nint)band, rowStep, bandPlane);
        }

        private static void AddBias(float* bias, float* masked, int pixels)
        {
            var sum = Vector512.Load(bias);
            for (int pixel = 0; pixel < pixels; pixel++) sum += Vector512.Load(masked + pixel * Blocked.Lanes);
            sum.Store(bias);
        }

        private readonly void Write(float* sums, int outBlock, int pair, int channels)
        {
            int first = pair * 2 * Blocked.Lanes, lanes = Math.Min(2 * Blocked.Lanes, G.InChannels - first);
            for (int channel = 0; channel < channels; channel++)
            {
                float* to = Weights + ((long)(outBlock * Blocked.Lanes + channel) * G.InChannels + first) * Taps;
                float* from = sums + channel * PairFloats;
                for (int lane = 0; lane < lanes; lane++)
                {
                    float* column = from + lane / Blocked.Lanes * Taps * Blocked.Lanes + lane % Blocked.Lanes;
                    for (int tap = 0; tap < Taps; tap++) to[lane * Taps + tap] = column[tap * Blocked.Lanes];
                }
            }
        }
    }

    /// <summary>The nine taps of one input channel, or of two that lie a plane apart: every sum stays in a register for a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<TChannels>(float* sum, nint input, nint plane, nint rowStep, float* masked, byte* argmax, int width)
        where TChannels : struct, IConstant
    {
        Vector512<float> s0, s1, s2, s3, s4, s5, s6, s7, s8;
        Vector512<float> s9 = default, s10 = default, s11 = default, s12 = default, s13 = default, s14 = default, s15 = default, s16 = default, s17 = default;
        s0 = Vector512.Load(sum + 0 * Blocked.Lanes);
        s1 = Vector512.Load(sum + 1 * Blocked.Lanes);
        s2 = Vector512.Load(sum + 2 * Blocked.Lanes);
        s3 = Vector512.Load(sum + 3 * Blocked.Lanes);
        s4 = Vector512.Load(sum + 4 * Blocked.Lanes);
        s5 = Vector512.Load(sum + 5 * Blocked.Lanes);
        s6 = Vector512.Load(sum + 6 * Blocked.Lanes);
        s7 = Vector512.Load(sum + 7 * Blocked.Lanes);
        s8 = Vector512.Load(sum + 8 * Blocked.Lanes);
        if (TChannels.Value == 2)
        {
            s9 = Vector512.Load(sum + 9 * Blocked.Lanes);
            s10 = Vector512.Load(sum + 10 * Blocked.Lanes);
            s11 = Vector512.Load(sum + 11 * Blocked.Lanes);
            s12 = Vector512.Load(sum + 12 * Blocked.Lanes);
            s13 = Vector512.Load(sum + 13 * Blocked.Lanes);
            s14 = Vector512.Load(sum + 14 * Blocked.Lanes);
            s15 = Vector512.Load(sum + 15 * Blocked.Lanes);
            s16 = Vector512.Load(sum + 16 * Blocked.Lanes);
            s17 = Vector512.Load(sum + 17 * Blocked.Lanes);
        }

        for (int x = 0; x < width; x++)
        {
            var value = Vector512.Create(masked[x * Blocked.Lanes]);
            nint place = argmax[x * Blocked.Lanes];
            float* top = (float*)input + (place >> 1) * rowStep + (2 * x + (place & 1)) * Blocked.Lanes;
            float* middle = top + rowStep, bottom = middle + rowStep;
            s0 = Vector512.FusedMultiplyAdd(value, Vector512.Load(top), s0);
            s1 = Vector512.FusedMultiplyAdd(value, Vector512.Load(top + Blocked.Lanes), s1);
            s2 = Vector512.FusedMultiplyAdd(value, Vector512.Load(top + 2 * Blocked.Lanes), s2);
            s3 = Vector512.FusedMultiplyAdd(value, Vector512.Load(middle), s3);
            s4 = Vector512.FusedMultiplyAdd(value, Vector512.Load(middle + Blocked.Lanes), s4);
            s5 = Vector512.FusedMultiplyAdd(value, Vector512.Load(middle + 2 * Blocked.Lanes), s5);
            s6 = Vector512.FusedMultiplyAdd(value, Vector512.Load(bottom), s6);
            s7 = Vector512.FusedMultiplyAdd(value, Vector512.Load(bottom + Blocked.Lanes), s7);
            s8 = Vector512.FusedMultiplyAdd(value, Vector512.Load(bottom + 2 * Blocked.Lanes), s8);
            if (TChannels.Value == 2)
            {
                top += plane;
                middle += plane;
                bottom += plane;
                s9 = Vector512.FusedMultiplyAdd(value, Vector512.Load(top), s9);
                s10 = Vector512.FusedMultiplyAdd(value, Vector512.Load(top + Blocked.Lanes), s10);
                s11 = Vector512.FusedMultiplyAdd(value, Vector512.Load(top + 2 * Blocked.Lanes), s11);
                s12 = Vector512.FusedMultiplyAdd(value, Vector512.Load(middle), s12);
                s13 = Vector512.FusedMultiplyAdd(value, Vector512.Load(middle + Blocked.Lanes), s13);
                s14 = Vector512.FusedMultiplyAdd(value, Vector512.Load(middle + 2 * Blocked.Lanes), s14);
                s15 = Vector512.FusedMultiplyAdd(value, Vector512.Load(bottom), s15);
                s16 = Vector512.FusedMultiplyAdd(value, Vector512.Load(bottom + Blocked.Lanes), s16);
                s17 = Vector512.FusedMultiplyAdd(value, Vector512.Load(bottom + 2 * Blocked.Lanes), s17);
            }
        }

        s0.Store(sum + 0 * Blocked.Lanes);
        s1.Store(sum + 1 * Blocked.Lanes);
        s2.Store(sum + 2 * Blocked.Lanes);
        s3.Store(sum + 3 * Blocked.Lanes);
        s4.Store(sum + 4 * Blocked.Lanes);
        s5.Store(sum + 5 * Blocked.Lanes);
        s6.Store(sum + 6 * Blocked.Lanes);
        s7.Store(sum + 7 * Blocked.Lanes);
        s8.Store(sum + 8 * Blocked.Lanes);
        if (TChannels.Value == 2)
        {
            s9.Store(sum + 9 * Blocked.Lanes);
            s10.Store(sum + 10 * Blocked.Lanes);
            s11.Store(sum + 11 * Blocked.Lanes);
            s12.Store(sum + 12 * Blocked.Lanes);
            s13.Store(sum + 13 * Blocked.Lanes);
            s14.Store(sum + 14 * Blocked.Lanes);
            s15.Store(sum + 15 * Blocked.Lanes);
            s16.Store(sum + 16 * Blocked.Lanes);
            s17.Store(sum + 17 * Blocked.Lanes);
        }
    }
}
