using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gradus.Kernels.Convolution.Winograd;

/// <summary>The matrix products between transforms, in register blocks of up to 24 accumulators.</summary>
internal static unsafe class Products
{
    /// <summary>
    /// products[tile, o] = sum over c of patches[tile, c] · weights[c, o], for 12 tiles and two blocks of outputs, or for 24 tiles and one.
    /// </summary>
    /// <param name="patches">[block][tile][16].</param>
    /// <param name="blockStep">Floats between the patches' blocks.</param>
    /// <param name="blocks">Blocks of input channels.</param>
    /// <param name="weights">[channel][16 x blocks of outputs].</param>
    /// <param name="products">[block][tile][16].</param>
    /// <param name="productStep">Floats between the products' blocks.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void OverChannels<TBlocks>(float* patches, nint blockStep, int blocks, float* weights, float* products, nint productStep)
        where TBlocks : struct, IConstant
    {
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, a6 = default, a7 = default, a8 = default, a9 = default, a10 = default, a11 = default;
        Vector512<float> b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default, b6 = default, b7 = default, b8 = default, b9 = default, b10 = default, b11 = default;
        for (; blocks > 0; blocks--, patches += blockStep)
        {
            float* x = patches;
            for (float* end = x + Blocked.Lanes; x < end; x++, weights += TBlocks.Value * Blocked.Lanes)
            {
                var v = Vector512.Load(weights);
                var w = TBlocks.Value == 2 ? Vector512.Load(weights + Blocked.Lanes) : v;
                AddTile<TBlocks>(x, 0, v, w, ref a0, ref b0);
                AddTile<TBlocks>(x, 1, v, w, ref a1, ref b1);
                AddTile<TBlocks>(x, 2, v, w, ref a2, ref b2);
                AddTile<TBlocks>(x, 3, v, w, ref a3, ref b3);
                AddTile<TBlocks>(x, 4, v, w, ref a4, ref b4);
                AddTile<TBlocks>(x, 5, v, w, ref a5, ref b5);
                AddTile<TBlocks>(x, 6, v, w, ref a6, ref b6);
                AddTile<TBlocks>(x, 7, v, w, ref a7, ref b7);
                AddTile<TBlocks>(x, 8, v, w, ref a8, ref b8);
                AddTile<TBlocks>(x, 9, v, w, ref a9, ref b9);
                AddTile<TBlocks>(x, 10, v, w, ref a10, ref b10);
                AddTile<TBlocks>(x, 11, v, w, ref a11, ref b11);
            }
        }

        StoreFour(products + (0 * Blocked.Lanes), Blocked.Lanes, a0, a1, a2, a3);
        StoreFour(products + (4 * Blocked.Lanes), Blocked.Lanes, a4, a5, a6, a7);
        StoreFour(products + (8 * Blocked.Lanes), Blocked.Lanes, a8, a9, a10, a11);
        products += TBlocks.Value == 2 ? productStep : Half;
        StoreFour(products + (0 * Blocked.Lanes), Blocked.Lanes, b0, b1, b2, b3);
        StoreFour(products + (4 * Blocked.Lanes), Blocked.Lanes, b4, b5, b6, b7);
        StoreFour(products + (8 * Blocked.Lanes), Blocked.Lanes, b8, b9, b10, b11);
    }

    /// <summary>
    /// sums[c, o] += sum over tiles of patches[tile, c] · gradients[tile, o], for 8 channels and two blocks of outputs, or for 16 channels and one.
    /// </summary>
    /// <param name="patches">[tile][16], from the first of the channels on.</param>
    /// <param name="gradients">[block][tile][16].</param>
    /// <param name="gradientStep">Floats between the gradients' blocks.</param>
    /// <param name="tiles">How many.</param>
    /// <param name="sums">[channel][16 x blocks of outputs].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void OverTiles<TBlocks>(float* patches, float* gradients, nint gradientStep, int tiles, float* sums)
        where TBlocks : struct, IConstant
    {
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, a6 = default, a7 = default;
        Vector512<float> b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default, b6 = default, b7 = default;
        for (float* end = patches + ((nint)tiles * Blocked.Lanes); patches < end; patches += Blocked.Lanes, gradients += Blocked.Lanes)
        {
            var v = Vector512.Load(gradients);
            var w = TBlocks.Value == 2 ? Vector512.Load(gradients + gradientStep) : v;
            AddChannel<TBlocks>(patches, 0, v, w, ref a0, ref b0);
            AddChannel<TBlocks>(patches, 1, v, w, ref a1, ref b1);
            AddChannel<TBlocks>(patches, 2, v, w, ref a2, ref b2);
            AddChannel<TBlocks>(patches, 3, v, w, ref a3, ref b3);
            AddChannel<TBlocks>(patches, 4, v, w, ref a4, ref b4);
            AddChannel<TBlocks>(patches, 5, v, w, ref a5, ref b5);
            AddChannel<TBlocks>(patches, 6, v, w, ref a6, ref b6);
            AddChannel<TBlocks>(patches, 7, v, w, ref a7, ref b7);
        }

        const int Rest = 8 * Blocked.Lanes;
        nint row = TBlocks.Value * Blocked.Lanes;
        AddFour(sums, row, a0, a1, a2, a3);
        AddFour(sums + (4 * row), row, a4, a5, a6, a7);
        sums += TBlocks.Value == 2 ? Blocked.Lanes : Rest;
        AddFour(sums, row, b0, b1, b2, b3);
        AddFour(sums + (4 * row), row, b4, b5, b6, b7);
    }

    private const int Half = 12 * Blocked.Lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTile<TBlocks>(float* x, int tile, Vector512<float> v, Vector512<float> w, ref Vector512<float> low, ref Vector512<float> high)
        where TBlocks : struct, IConstant
    {
        var value = Vector512.Create(x[tile * Blocked.Lanes]);
        low = Vector512.MultiplyAddEstimate(value, v, low);
        high = Vector512.MultiplyAddEstimate(TBlocks.Value == 2 ? value : Vector512.Create(x[Half + (tile * Blocked.Lanes)]), w, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddChannel<TBlocks>(float* x, int channel, Vector512<float> v, Vector512<float> w, ref Vector512<float> low, ref Vector512<float> high)
        where TBlocks : struct, IConstant
    {
        var value = Vector512.Create(x[channel]);
        low = Vector512.MultiplyAddEstimate(value, v, low);
        high = Vector512.MultiplyAddEstimate(TBlocks.Value == 2 ? value : Vector512.Create(x[8 + channel]), w, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreFour(float* to, nint step, Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d)
    {
        a.Store(to);
        b.Store(to + step);
        c.Store(to + (2 * step));
        d.Store(to + (3 * step));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddFour(float* to, nint step, Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d) => StoreFour(
        to, step, Vector512.Load(to) + a, Vector512.Load(to + step) + b, Vector512.Load(to + (2 * step)) + c, Vector512.Load(to + (3 * step)) + d);
}
