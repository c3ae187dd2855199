namespace Gradus.Kernels.Convolution.Winograd;

/// <summary>The gradient with respect to a 3x3 convolution's weights and bias: 16 products of transformed patches and transformed gradients, transformed back at the end.</summary>
/// <remarks>
/// dU = sum over tiles of (Bᵀ d B)ᵀ (A dY Aᵀ), place by place, then dg = Gᵀ dU G. A task owns a pair of output blocks for a fixed part of the tiles;
/// parts are added in their order.
/// </remarks>
internal static unsafe class WinogradBackwardWeights
{
    private const int TasksWanted = 8; // enough for the threads of a desktop; a constant, for the sums must not depend on it

    /// <summary>Floats of working memory.</summary>
    public static int ScratchLength(in ConvolutionGeometry g)
    {
        var winograd = WinogradGeometry.Forward(g);
        return Parts(winograd) * winograd.OutPairs * SumsLength(winograd);
    }

    /// <summary>weightGradient [out, in, 3, 3] and biasGradient [out] (or empty) are overwritten.</summary>
    /// <param name="convolution">The sizes.</param>
    /// <param name="input">Blocked [batch, blocks, height, width, 16].</param>
    /// <param name="outputGradient">Blocked [batch, blocks, outHeight, outWidth, 16].</param>
    /// <param name="weightGradient">Overwritten.</param>
    /// <param name="biasGradient">Overwritten; empty if not wanted.</param>
    /// <param name="scratch">Of <see cref="ScratchLength"/>.</param>
    public static void Run(
        in ConvolutionGeometry convolution, ReadOnlySpan<float> input, ReadOnlySpan<float> outputGradient, Span<float> weightGradient, Span<float> biasGradient, Span<float> scratch)
    {
        var g = WinogradGeometry.Forward(convolution);
        int parts = Parts(g);
        fixed (float* x = input, dy = outputGradient, dw = weightGradient, db = biasGradient, sums = scratch)
        {
            var job = new Job(g, parts, (nint)x, (nint)dy, (nint)dw, (nint)db, (nint)sums);
            Workers.Run(parts * g.OutPairs, job, static (job, task) => job.Sum(task), Patches.Length(g.InBlocks, g.RunTiles) + Patches.Length(2, g.RunTiles));
            Workers.Run(g.OutPairs * g.InBlocks, job, static (job, task) => job.Finish(task / job.G.InBlocks, task % job.G.InBlocks));
        }
    }

    private static int Parts(in WinogradGeometry g) => Math.Clamp(TasksWanted / g.OutPairs, 1, Math.Max(1, g.Tiles / g.RunTiles));

    // [place][channel, of whole blocks][32], and the bias's
    private static int SumsLength(in WinogradGeometry g) => ((WinogradGeometry.Places * g.InBlocks * Blocked.Lanes) + 1) * 2 * Blocked.Lanes;

    private readonly record struct Job(WinogradGeometry G, int Parts, nint Input, nint Gradient, nint Weights, nint Bias, nint Scratch)
    {
        private int Width(int pair) => Math.Min(2, G.OutBlocks - (2 * pair)) * Blocked.Lanes;

        private float* Sums(int part, int pair) => (float*)Scratch + (((nint)part * G.OutPairs) + pair) * SumsLength(G);

        private float* BiasSums(int part, int pair) => Sums(part, pair) + SumsLength(G) - (2 * Blocked.Lanes);

        public void Sum(int task)
        {
            int part = task % Parts, pair = task / Parts, blocks = Width(pair) / Blocked.Lanes, runs = (G.Tiles + G.RunTiles - 1) / G.RunTiles;
            float* patches = Workers.Scratch, gradients = patches + Patches.Length(G.InBlocks, G.RunTiles);
            new Span<float>(Sums(part, pair), SumsLength(G)).Clear();
            for (int run = (int)((long)runs * part / Parts); run < (int)((long)runs * (part + 1) / Parts); run++)
            {
                int first = run * G.RunTiles, count = Math.Min(G.RunTiles, G.Tiles - first);
                Patches.Transform(G, (float*)Input, first, count, patches);
                Patches.TransformGradient(G, (float*)Gradient, 2 * pair, blocks, first, count, gradients, BiasSums(part, pair));
                if (blocks == 2) Multiply<C2>(patches, gradients, Sums(part, pair), count);
                else Multiply<C1>(patches, gradients, Sums(part, pair), count);
            }
        }

        private void Multiply<TBlocks>(float* patches, float* gradients, float* sums, int count)
            where TBlocks : struct, IConstant
        {
            int channels = Blocked.Lanes / TBlocks.Value;
            nint patchPlace = Patches.PlaceFloats(G.InBlocks, G.RunTiles), gradientPlace = Patches.PlaceFloats(TBlocks.Value, G.RunTiles), step = (nint)G.RunTiles * Blocked.Lanes;
            for (int place = 0; place < WinogradGeometry.Places; place++, patches += patchPlace, gradients += gradientPlace)
            {
                for (int channel = 0; channel < G.InBlocks * Blocked.Lanes; channel += channels, sums += channels * TBlocks.Value * Blocked.Lanes)
                    Products.OverTiles<TBlocks>(patches + (channel / Blocked.Lanes * step) + (channel % Blocked.Lanes), gradients, step, count, sums);
            }
        }

        public void Finish(int pair, int inBlock)
        {
            int width = Width(pair), firstOutput = 2 * pair * Blocked.Lanes, outputs = Math.Min(width, G.OutChannels - firstOutput);
            nint place = (nint)G.InBlocks * Blocked.Lanes * width;
            float* total = Sums(0, pair);
            for (int at = 0; at < WinogradGeometry.Places; at++)
            {
                nint block = (at * place) + ((nint)inBlock * Blocked.Lanes * width);
                AddParts(total + block, pair, block, Blocked.Lanes * width);
            }

            float* taps = stackalloc float[9 * Blocked.Lanes];
            for (int i = 0; i < Math.Min(Blocked.Lanes, G.InChannels - (inBlock * Blocked.Lanes)); i++)
            {
                int channel = (inBlock * Blocked.Lanes) + i;
                for (int lane = 0; lane < outputs; lane += Blocked.Lanes)
                {
                    Transforms.WeightGradient(total + ((nint)channel * width) + lane, place, taps);
                    float* to = (float*)Weights + ((((nint)firstOutput + lane) * G.InChannels) + channel) * 9;
                    for (int output = 0; output < Math.Min(Blocked.Lanes, outputs - lane); output++, to += G.InChannels * 9)
                        for (int tap = 0; tap < 9; tap++) to[tap] = taps[(tap * Blocked.Lanes) + output];
                }
            }

            if (inBlock != 0 || Bias == 0) return;
            AddParts(BiasSums(0, pair), pair, SumsLength(G) - (2 * Blocked.Lanes), width);
            new ReadOnlySpan<float>(BiasSums(0, pair), outputs).CopyTo(new Span<float>((float*)Bias + firstOutput, outputs));
        }

        private void AddParts(float* total, int pair, nint offset, int count)
        {
            var sum = new Span<float>(total, count);
            for (int part = 1; part < Parts; part++)
                System.Numerics.Tensors.TensorPrimitives.Add(sum, new ReadOnlySpan<float>(Sums(part, pair) + offset, count), sum);
        }
    }
}
