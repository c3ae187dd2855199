using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gradus.Kernels.Convolution.Winograd;

/// <summary>
/// A 3x3 correlation of stride 1: of a convolution's input, or, with turned weights, of its output's gradient. Patches are transformed, multiplied
/// and transformed back a run of tiles at a time, while they are in the L2.
/// </summary>
internal static unsafe class WinogradCorrelation
{
    private const int TasksWanted = 16; // for small batches: enough for the threads of a desktop

    /// <summary>output = correlation(input) + bias + residual, rectified if <paramref name="relu"/>.</summary>
    /// <param name="g">The sizes.</param>
    /// <param name="input">Blocked [batch, blocks, height, width, 16].</param>
    /// <param name="weights">What <see cref="WinogradWeights"/> made of them.</param>
    /// <param name="bias">[out], or empty.</param>
    /// <param name="output">Blocked [batch, blocks, outHeight, outWidth, 16]; every lane is written, those beyond the last channel with zero.</param>
    /// <param name="relu">Whether max(x, 0) follows.</param>
    /// <param name="residual">Of the output's layout; empty for none.</param>
    public static void Run(
        in WinogradGeometry g, ReadOnlySpan<float> input, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, Span<float> output, bool relu, ReadOnlySpan<float> residual = default)
    {
        fixed (float* y = output, r = residual) Run(new Job { G = g, Output = y, Residual = r, Relu = relu }, input, weights, bias);
    }

    /// <summary>output = maxPool2x2(relu(correlation(input) + bias)).</summary>
    /// <param name="g">The sizes, of <see cref="WinogradGeometry.Pooled"/>.</param>
    /// <param name="input">Blocked [batch, blocks, height, width, 16].</param>
    /// <param name="weights">What <see cref="WinogradWeights"/> made of them.</param>
    /// <param name="bias">[out], or empty.</param>
    /// <param name="output">Blocked [batch, blocks, outHeight / 2, outWidth / 2, 16]: the maxima; NaN if the window holds one.</param>
    /// <param name="argmax">Where each maximum was: 2 · row + column; the first of equals.</param>
    public static void RunPooled(in WinogradGeometry g, ReadOnlySpan<float> input, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, Span<float> output, Span<byte> argmax)
    {
        fixed (float* y = output)
        fixed (byte* a = argmax)
        {
            Run(new Job { G = g, Output = y, Argmax = a }, input, weights, bias);
        }
    }

    private static void Run(Job job, ReadOnlySpan<float> input, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias)
    {
        var g = job.G;
        float* padded = stackalloc float[g.OutBlocks * Blocked.Lanes];
        var biasLanes = new Span<float>(padded, g.OutBlocks * Blocked.Lanes);
        biasLanes.Clear();
        bias.CopyTo(biasLanes);
        fixed (float* x = input, w = weights)
        {
            int runs = (g.Tiles + g.RunTiles - 1) / g.RunTiles;
            (job.Input, job.Weights, job.Bias) = ((nint)x, (nint)w, (nint)padded);
            job.Shares = Math.Clamp((TasksWanted + runs - 1) / Math.Max(1, runs), 1, g.OutPairs); // of the pairs; each transforms the patches anew
            Workers.Run(runs * job.Shares, job, static (job, task) => job.RunTask(task), Patches.Length(g.InBlocks, g.RunTiles) + Patches.Length(2, g.RunTiles));
        }
    }

    private struct Job
    {
        public WinogradGeometry G;
        public nint Input, Weights, Bias;
        public float* Output, Residual;
        public byte* Argmax;                // null: no pool
        public bool Relu;
        public int Shares;

        public readonly void RunTask(int task)
        {
            int run = task / Shares, share = task % Shares, first = run * G.RunTiles, count = Math.Min(G.RunTiles, G.Tiles - first);
            float* patches = Workers.Scratch, products = patches + Patches.Length(G.InBlocks, G.RunTiles);
            Patches.Transform(G, (float*)Input, first, count, patches);
            for (int pair = G.OutPairs * share / Shares; pair < G.OutPairs * (share + 1) / Shares; pair++)
            {
                int blocks = Math.Min(2, G.OutBlocks - (2 * pair));
                float* weights = (float*)Weights + WinogradWeights.PairOffset(G, pair);
                if (blocks == 2) Multiply<C2>(patches, weights, products, count);
                else Multiply<C1>(patches, weights, products, count);
                for (int block = 0; block < blocks; block++)
                {
                    float* from = products + ((nint)block * G.RunTiles * Blocked.Lanes);
                    if (Argmax == null) Write((2 * pair) + block, first, count, from, Patches.PlaceFloats(blocks, G.RunTiles));
                    else WritePooled((2 * pair) + block, first, count, from, Patches.PlaceFloats(blocks, G.RunTiles));
                }
            }
        }

        private readonly void Multiply<TBlocks>(float* patches, float* weights, float* products, int count)
            where TBlocks : struct, IConstant
        {
            int together = WinogradGeometry.TilesTogether / TBlocks.Value;
            nint patchPlace = Patches.PlaceFloats(G.InBlocks, G.RunTiles), productPlace = Patches.PlaceFloats(TBlocks.Value, G.RunTiles);
            nint blockStep = (nint)G.RunTiles * Blocked.Lanes, weightPlace = (nint)G.InBlocks * Blocked.Lanes * TBlocks.Value * Blocked.Lanes;
            for (int place = 0; place < WinogradGeometry.Places; place++)
            {
                for (int tile = 0; tile < count; tile += together) // the last block reads tiles of an earlier run, and nobody reads what becomes of them
                {
                    nint at = (nint)tile * Blocked.Lanes;
                    Products.OverChannels<TBlocks>(patches + at, blockStep, G.InBlocks, weights, products + at, blockStep);
                }

                patches += patchPlace;
                weights += weightPlace;
                products += productPlace;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Write(int block, int first, int count, float* products, nint place)
        {
            nint line = (nint)G.OutWidth * Blocked.Lanes, plane = G.OutHeight * line;
            var bias = Vector512.Load((float*)Bias + (block * Blocked.Lanes));
            var at = new TilePlace(G, first);
            for (int tile = 0; tile < count; tile++, at.Next(G), products += Blocked.Lanes)
            {
                Transforms.Outputs(products, place, out var a, out var b, out var c, out var d);
                nint corner = ((((nint)at.Image * G.OutBlocks) + block) * plane) + (2 * at.Row * line) + ((nint)2 * at.Column * Blocked.Lanes);
                bool right = (2 * at.Column) + 1 < G.OutWidth, below = (2 * at.Row) + 1 < G.OutHeight;
                Store(a + bias, corner);
                if (right) Store(b + bias, corner + Blocked.Lanes);
                if (below) Store(c + bias, corner + line);
                if (right && below) Store(d + bias, corner + line + Blocked.Lanes);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void WritePooled(int block, int first, int count, float* products, nint place)
        {
            nint plane = (nint)G.TileRows * G.TileColumns * Blocked.Lanes;
            var bias = Vector512.Load((float*)Bias + (block * Blocked.Lanes));
            var at = new TilePlace(G, first);
            for (int tile = 0; tile < count; tile++, at.Next(G), products += Blocked.Lanes)
            {
                Transforms.Outputs(products, place, out var a, out var b, out var c, out var d);
                nint window = ((((nint)at.Image * G.OutBlocks) + block) * plane) + ((((nint)at.Row * G.TileColumns) + at.Column) * Blocked.Lanes);
                RegisterTile.Pool(a + bias, b + bias, c + bias, d + bias, Output + window, Argmax + window);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly void Store(Vector512<float> value, nint place)
        {
            if (Residual != null) value += Vector512.Load(Residual + place);
            (Relu ? RegisterTile.Rectify(value) : value).Store(Output + place);
        }
    }
}
