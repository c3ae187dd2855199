using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Gradus.Kernels.Convolution;

/// <summary>
/// The register block of the convolution: two runs of up to 6 pixels times 16 or 32 output channels, 24 accumulators at most.
/// </summary>
/// <remarks>
/// Each weight vector serves 12 pixels and each pixel value 2 vectors: 14 loads for 24 multiply-adds, so that the one
/// 512-bit multiply-add a cycle is the limit. Narrower machines run the same source with fewer pixels and one block:
/// Vector512 is then two or four narrower registers.
/// </remarks>
internal static unsafe class RegisterTile
{
    /// <summary>A run of input channels at one tap: where it lies from the pixel's address, and how many floats it has.</summary>
    internal readonly record struct Segment(int Offset, int Depth);

    /// <summary>How many blocks of 16 output channels a tile covers, and how many pixels either of its runs has at most.</summary>
    /// <remarks>32 registers of 512 bits hold 24 accumulators; 16 of 256 bits hold 4, each of which is a pair.</remarks>
    public static int BlocksTogether => Vector512.IsHardwareAccelerated ? 2 : 1;
    public static int MostPixels => Vector512.IsHardwareAccelerated ? 6 : 2;

    /// <summary>What a tile reads and writes.</summary>
    internal struct Tile
    {
        public Segment* Segments;
        public int SegmentCount;
        public nint InputStep;          // floats between neighbouring pixels' inputs
        public float* FirstInput, SecondInput;
        public float* Weights;          // [sum of depths][16 x blocks]
        public float* Bias;             // [16 x blocks]
        public float* First, Second;    // where the two runs of pixels go; pooling writes one run
        public byte* FirstArgmax;
        public nint PixelStep, BlockStep; // floats between neighbouring pixels and channel blocks of the output
        public bool Relu;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TPixels, TBlocks, TStep, TPool>(Tile* tilePointer)
        where TPixels : struct, IConstant
        where TBlocks : struct, IConstant
        where TStep : struct, IConstant
        where TPool : struct, IConstant
    {
        ref var tile = ref *tilePointer;
        nint step = TStep.Value != 0 ? TStep.Value : tile.InputStep;
        var low = Vector512.Load(tile.Bias);
        var high = TBlocks.Value == 2 ? Vector512.Load(tile.Bias + 16) : low;
        Vector512<float> a0 = low, a1 = low, a2 = low, a3 = low, a4 = low, a5 = low;
        Vector512<float> c0 = low, c1 = low, c2 = low, c3 = low, c4 = low, c5 = low;
        Vector512<float> b0 = high, b1 = high, b2 = high, b3 = high, b4 = high, b5 = high;
        Vector512<float> d0 = high, d1 = high, d2 = high, d3 = high, d4 = high, d5 = high;
        float* weights = tile.Weights;
        nint across = (nint)((byte*)tile.SecondInput - (byte*)tile.FirstInput);
        float* origin = tile.FirstInput;
        var segment = tile.Segments;
        for (var last = segment + tile.SegmentCount; segment < last; segment++)
        {
            float* x = origin + segment->Offset;
            float* y = (float*)((byte*)x + across);
            float* end = x + segment->Depth;
            do
            {
                var w = Vector512.Load(weights);
                var v = TBlocks.Value == 2 ? Vector512.Load(weights + 16) : w;
                Vector512<float> value;
                value = Vector512.Create(*x);
                a0 = Vector512.MultiplyAddEstimate(value, w, a0);
                if (TBlocks.Value == 2) b0 = Vector512.MultiplyAddEstimate(value, v, b0);
                if (TPixels.Value > 1)
                {
                    value = Vector512.Create(x[step]);
                    a1 = Vector512.MultiplyAddEstimate(value, w, a1);
                    if (TBlocks.Value == 2) b1 = Vector512.MultiplyAddEstimate(value, v, b1);
                }

                if (TPixels.Value > 2)
                {
                    value = Vector512.Create(x[2 * step]);
                    a2 = Vector512.MultiplyAddEstimate(value, w, a2);
                    if (TBlocks.Value == 2) b2 = Vector512.MultiplyAddEstimate(value, v, b2);
                }

                if (TPixels.Value > 3)
                {
                    value = Vector512.Create(x[3 * step]);
                    a3 = Vector512.MultiplyAddEstimate(value, w, a3);
                    if (TBlocks.Value == 2) b3 = Vector512.MultiplyAddEstimate(value, v, b3);
                }

                if (TPixels.Value > 4)
                {
                    value = Vector512.Create(x[4 * step]);
                    a4 = Vector512.MultiplyAddEstimate(value, w, a4);
                    if (TBlocks.Value == 2) b4 = Vector512.MultiplyAddEstimate(value, v, b4);
                }

                if (TPixels.Value > 5)
                {
                    value = Vector512.Create(x[5 * step]);
                    a5 = Vector512.MultiplyAddEstimate(value, w, a5);
                    if (TBlocks.Value == 2) b5 = Vector512.MultiplyAddEstimate(value, v, b5);
                }

                value = Vector512.Create(*y);
                c0 = Vector512.MultiplyAddEstimate(value, w, c0);
                if (TBlocks.Value == 2) d0 = Vector512.MultiplyAddEstimate(value, v, d0);
                if (TPixels.Value > 1)
                {
                    value = Vector512.Create(y[step]);
                    c1 = Vector512.MultiplyAddEstimate(value, w, c1);
                    if (TBlocks.Value == 2) d1 = Vector512.MultiplyAddEstimate(value, v, d1);
                }

                if (TPixels.Value > 2)
                {
                    value = Vector512.Create(y[2 * step]);
                    c2 = Vector512.MultiplyAddEstimate(value, w, c2);
                    if (TBlocks.Value == 2) d2 = Vector512.MultiplyAddEstimate(value, v, d2);
                }

                if (TPixels.Value > 3)
                {
                    value = Vector512.Create(y[3 * step]);
                    c3 = Vector512.MultiplyAddEstimate(value, w, c3);
                    if (TBlocks.Value == 2) d3 = Vector512.MultiplyAddEstimate(value, v, d3);
                }

                if (TPixels.Value > 4)
                {
                    value = Vector512.Create(y[4 * step]);
                    c4 = Vector512.MultiplyAddEstimate(value, w, c4);
                    if (TBlocks.Value == 2) d4 = Vector512.MultiplyAddEstimate(value, v, d4);
                }

                if (TPixels.Value > 5)
                {
                    value = Vector512.Create(y[5 * step]);
                    c5 = Vector512.MultiplyAddEstimate(value, w, c5);
                    if (TBlocks.Value == 2) d5 = Vector512.MultiplyAddEstimate(value, v, d5);
                }

                weights += 16 * TBlocks.Value;
                x++;
                y++;
            }
            while (x < end);
        }

        if (TPool.Value == 1)
        {
            Pool(a0, a1, c0, c1, tile.First + 0, tile.FirstArgmax + 0);
            if (TBlocks.Value == 2) Pool(b0, b1, d0, d1, tile.First + tile.BlockStep + 0, tile.FirstArgmax + tile.BlockStep + 0);
            if (TPixels.Value > 2) Pool(a2, a3, c2, c3, tile.First + 16, tile.FirstArgmax + 16);
            if (TBlocks.Value == 2 && TPixels.Value > 2) Pool(b2, b3, d2, d3, tile.First + tile.BlockStep + 16, tile.FirstArgmax + tile.BlockStep + 16);
            if (TPixels.Value > 4) Pool(a4, a5, c4, c5, tile.First + 32, tile.FirstArgmax + 32);
            if (TBlocks.Value == 2 && TPixels.Value > 4) Pool(b4, b5, d4, d5, tile.First + tile.BlockStep + 32, tile.FirstArgmax + tile.BlockStep + 32);
            return;
        }

        if (tile.Relu)
        {
            a0 = Rectify(a0); a1 = Rectify(a1); a2 = Rectify(a2); a3 = Rectify(a3); a4 = Rectify(a4); a5 = Rectify(a5);
            b0 = Rectify(b0); b1 = Rectify(b1); b2 = Rectify(b2); b3 = Rectify(b3); b4 = Rectify(b4); b5 = Rectify(b5);
            c0 = Rectify(c0); c1 = Rectify(c1); c2 = Rectify(c2); c3 = Rectify(c3); c4 = Rectify(c4); c5 = Rectify(c5);
            d0 = Rectify(d0); d1 = Rectify(d1); d2 = Rectify(d2); d3 = Rectify(d3); d4 = Rectify(d4); d5 = Rectify(d5);
        }

        a0.Store(tile.First);
        if (TPixels.Value > 1) a1.Store(tile.First + tile.PixelStep);
        if (TPixels.Value > 2) a2.Store(tile.First + (2 * tile.PixelStep));
        if (TPixels.Value > 3) a3.Store(tile.First + (3 * tile.PixelStep));
        if (TPixels.Value > 4) a4.Store(tile.First + (4 * tile.PixelStep));
        if (TPixels.Value > 5) a5.Store(tile.First + (5 * tile.PixelStep));
        if (TBlocks.Value == 2) b0.Store(tile.First + tile.BlockStep);
        if (TBlocks.Value == 2 && TPixels.Value > 1) b1.Store(tile.First + tile.BlockStep + tile.PixelStep);
        if (TBlocks.Value == 2 && TPixels.Value > 2) b2.Store(tile.First + tile.BlockStep + (2 * tile.PixelStep));
        if (TBlocks.Value == 2 && TPixels.Value > 3) b3.Store(tile.First + tile.BlockStep + (3 * tile.PixelStep));
        if (TBlocks.Value == 2 && TPixels.Value > 4) b4.Store(tile.First + tile.BlockStep + (4 * tile.PixelStep));
        if (TBlocks.Value == 2 && TPixels.Value > 5) b5.Store(tile.First + tile.BlockStep + (5 * tile.PixelStep));
        c0.Store(tile.Second);
        if (TPixels.Value > 1) c1.Store(tile.Second + tile.PixelStep);
        if (TPixels.Value > 2) c2.Store(tile.Second + (2 * tile.PixelStep));
        if (TPixels.Value > 3) c3.Store(tile.Second + (3 * tile.PixelStep));
        if (TPixels.Value > 4) c4.Store(tile.Second + (4 * tile.PixelStep));
        if (TPixels.Value > 5) c5.Store(tile.Second + (5 * tile.PixelStep));
        if (TBlocks.Value == 2) d0.Store(tile.Second + tile.BlockStep);
        if (TBlocks.Value == 2 && TPixels.Value > 1) d1.Store(tile.Second + tile.BlockStep + tile.PixelStep);
        if (TBlocks.Value == 2 && TPixels.Value > 2) d2.Store(tile.Second + tile.BlockStep + (2 * tile.PixelStep));
        if (TBlocks.Value == 2 && TPixels.Value > 3) d3.Store(tile.Second + tile.BlockStep + (3 * tile.PixelStep));
        if (TBlocks.Value == 2 && TPixels.Value > 4) d4.Store(tile.Second + tile.BlockStep + (4 * tile.PixelStep));
        if (TBlocks.Value == 2 && TPixels.Value > 5) d5.Store(tile.Second + tile.BlockStep + (5 * tile.PixelStep));
    }

    /// <summary>max(x, 0) that keeps NaN and turns -0 into +0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Rectify(Vector512<float> x) =>
        Vector512.ConditionalSelect(Vector512.LessThanOrEqual(x, Vector512<float>.Zero), Vector512<float>.Zero, x);

    // After rectification no value has a sign except NaN, so the bits order like the numbers and NaN, of either sign, on top:
    // unsigned integer maxima propagate NaN without a test for it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Pool(
        Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, float* pooled, byte* argmax)
    {
        var (p, q, r, s) = (Rectify(a).AsUInt32(), Rectify(b).AsUInt32(), Rectify(c).AsUInt32(), Rectify(d).AsUInt32());
        var top = Vector512.Max(p, q);
        var topIndex = Vector512.ConditionalSelect(Vector512.GreaterThan(q, p), Vector512.Create(1u), Vector512<uint>.Zero);
        var bottom = Vector512.Max(r, s);
        var bottomIndex = Vector512.ConditionalSelect(Vector512.GreaterThan(s, r), Vector512.Create(3u), Vector512.Create(2u));
        Vector512.Max(top, bottom).AsSingle().Store(pooled);
        StoreBytes(Vector512.ConditionalSelect(Vector512.GreaterThan(bottom, top), bottomIndex, topIndex), argmax);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void StoreBytes(Vector512<uint> index, byte* destination)
    {
        if (Avx512F.IsSupported) Avx512F.ConvertToVector128Byte(index).Store(destination);
        else for (int lane = 0; lane < 16; lane++) destination[lane] = (byte)index[lane];
    }
}
