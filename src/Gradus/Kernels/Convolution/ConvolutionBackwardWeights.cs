using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gradus.Kernels.Convolution;

/// <summary>The gradient with respect to a convolution's weights and bias: every tap's correlation of the input with the output's gradient.</summary>
/// <remarks>
/// A tile owns the weights between one block of input channels and one or two blocks of output channels, for the whole batch or a
/// fixed part of it. Its register block is (3 taps x 4 input channels) x 32 output channels, summed over pixels: 14 loads for 24
/// multiply-adds. Sums of one band start at zero and are added to the total, so that long sums lose few digits.
/// </remarks>
internal static unsafe class ConvolutionBackwardWeights
{
    private const int ChannelsTogether = 4;
    private const int BandFloats = 64 * 1024; // a band of inputs and gradients stays in the L2 while every tap reads it
    private const int TilesWanted = 8;        // enough for the threads of a desktop; a constant, for the sums must not depend on it

    // 16 registers of 256 bits hold 4 accumulators, each of which is a pair, and what they are made of.
    private static int GroupsTogether => Vector512.IsHardwareAccelerated ? 3 : 1;

    /// <summary>Floats of working memory.</summary>
    public static int ScratchLength(in ConvolutionGeometry g) => Parts(g) == 1 ? 0 : Parts(g) * PartLength(g);

    /// <summary>weightGradient [out, in, kernelHeight, kernelWidth] and biasGradient [out] (or empty) are overwritten.</summary>
    /// <param name="g">The sizes.</param>
    /// <param name="input">Blocked, or plain NCHW of at most 16 channels if the geometry says so.</param>
    /// <param name="outputGradient">Blocked [n, blocks, outHeight, outWidth, 16].</param>
    /// <param name="weightGradient">Overwritten.</param>
    /// <param name="biasGradient">Overwritten; empty if not wanted.</param>
    /// <param name="scratch">Of <see cref="ScratchLength"/>.</param>
    public static void Run(
        in ConvolutionGeometry g, ReadOnlySpan<float> input, ReadOnlySpan<float> outputGradient, Span<float> weightGradient, Span<float> biasGradient, Span<float> scratch)
    {
        int parts = Parts(g);
        fixed (float* x = input, dy = outputGradient, dw = weightGradient, db = biasGradient, sums = scratch)
        {
            var job = new Job { G = g, Parts = parts, Input = x, Gradient = dy, Weights = parts == 1 ? dw : sums, Bias = parts == 1 ? db : sums + g.WeightsLength };
            if (biasGradient.IsEmpty) job.Bias = null;
            job.Plan();
            Workers.Run(parts * job.Pairs * g.InBlocks, job, static (job, tile) => job.RunTile(tile), job.ScratchLength);
        }

        if (parts > 1) AddParts(g, parts, scratch, weightGradient, biasGradient);
    }

    private static int Pairs(in ConvolutionGeometry g) => (g.OutBlocks + RegisterTile.BlocksTogether - 1) / RegisterTile.BlocksTogether;

    // Counted in pairs of blocks also where the machine takes single ones, so that all machines cut alike.
    private static int Parts(in ConvolutionGeometry g) => Math.Clamp(TilesWanted / ((g.OutBlocks + 1) / 2 * g.InBlocks), 1, Math.Max(1, g.Batch));

    private static int PartLength(in ConvolutionGeometry g) => g.WeightsLength + g.OutChannels;

    private static void AddParts(in ConvolutionGeometry g, int parts, ReadOnlySpan<float> sums, Span<float> weights, Span<float> bias)
    {
        for (int part = 0; part < parts; part++)
        {
            var from = sums.Slice(part * PartLength(g), PartLength(g));
            if (part == 0) from[..weights.Length].CopyTo(weights);
            else System.Numerics.Tensors.TensorPrimitives.Add(weights, from[..weights.Length], weights);
            if (bias.IsEmpty) continue;
            if (part == 0) from[weights.Length..].CopyTo(bias);
            else System.Numerics.Tensors.TensorPrimitives.Add(bias, from[weights.Length..], bias);
        }
    }

    private struct Job
    {
        public ConvolutionGeometry G;
        public int Parts, Pairs;
        public float* Input, Gradient, Weights, Bias;
        private int _bandRows, _copyRows, _copyWidth;
        private bool _copies;

        public void Plan()
        {
            Pairs = Pairs(G);
            int reachY = (G.KernelHeight - 1) * G.DilationY + 1, reachX = (G.KernelWidth - 1) * G.DilationX + 1;
            _copyWidth = (G.OutWidth - 1) * G.StrideX + reachX;
            _copies = G.PlainInput || G.PadTop != 0 || G.PadLeft != 0 || _copyWidth > G.InWidth || (G.OutHeight - 1) * G.StrideY + reachY > G.InHeight;
            int rowFloats = (_copyWidth * G.StrideY + G.OutWidth * RegisterTile.BlocksTogether) * Blocked.Lanes;
            _bandRows = Math.Clamp(BandFloats / Math.Max(1, rowFloats), 1, Math.Max(1, G.OutHeight));
            _copyRows = (_bandRows - 1) * G.StrideY + reachY;
        }

        private readonly int SumsLength => G.Taps * Blocked.Lanes * RegisterTile.BlocksTogether * Blocked.Lanes;

        public readonly int ScratchLength => SumsLength + (_copies ? _copyRows * _copyWidth * Blocked.Lanes : 0);

        public readonly void RunTile(int tile)
        {
            int part = tile % Parts, inBlock = tile / Parts % G.InBlocks, outBlock = tile / Parts / G.InBlocks * RegisterTile.BlocksTogether;
            int blocks = Math.Min(RegisterTile.BlocksTogether, G.OutBlocks - outBlock);
            float* sums = Workers.Scratch;
            new Span<float>(sums, SumsLength).Clear();
            float* bias = stackalloc float[2 * Blocked.Lanes];
            new Span<float>(bias, 2 * Blocked.Lanes).Clear();
            bool sumsBias = inBlock == 0 && Bias != null;
            int first = (int)((long)G.Batch * part / Parts), end = (int)((long)G.Batch * (part + 1) / Parts);
            for (int image = first; image < end; image++)
            {
                float* gradient = Gradient + ((long)image * G.OutBlocks + outBlock) * G.OutHeight * G.OutWidth * Blocked.Lanes;
                for (int row = 0; row < G.OutHeight; row += _bandRows) RunBand(image, inBlock, row, gradient, sums, blocks);
                if (sumsBias) AddBias(gradient, bias, blocks);
            }

            Write(sums, part, inBlock, outBlock, blocks);
            int channels = Math.Min(blocks * Blocked.Lanes, G.OutChannels - outBlock * Blocked.Lanes);
            if (sumsBias) new ReadOnlySpan<float>(bias, channels).CopyTo(new Span<float>(Bias + (long)part * PartLength(G) + outBlock * Blocked.Lanes, channels));
        }

        private readonly void RunBand(int image, int inBlock, int row, float* gradient, float* sums, int blocks)
        {
            int width = _copies ? _copyWidth : G.InWidth, lanes = Math.Min(Blocked.Lanes, G.InChannels - inBlock * Blocked.Lanes);
            float* input = _copies ? CopyBand(image, inBlock, row) : Plane(image, inBlock) + (long)row * G.StrideY * G.InWidth * Blocked.Lanes;
            var run = new PixelRun
            {
                Gradient = gradient + (long)row * G.OutWidth * Blocked.Lanes,
                BlockStep = (nint)G.OutHeight * G.OutWidth * Blocked.Lanes,
                Rows = Math.Min(_bandRows, G.OutHeight - row),
                Pixels = G.OutWidth,
                InputStep = G.StrideX * Blocked.Lanes,
                InputRow = (nint)G.StrideY * width * Blocked.Lanes,
            };
            int tapSums = Blocked.Lanes * blocks * Blocked.Lanes;
            bool pointwise = G.KernelWidth == 1; // then the groups of a run are channels rather than taps
            for (int ky = 0; ky < G.KernelHeight; ky++)
            {
                float* line = input + (long)ky * G.DilationY * width * Blocked.Lanes;
                for (int channel = 0; channel < lanes; channel += pointwise ? GroupsTogether * ChannelsTogether : ChannelsTogether)
                {
                    int count = pointwise ? Math.Min(GroupsTogether, (lanes - channel + ChannelsTogether - 1) / ChannelsTogether) : G.KernelWidth;
                    for (int group = 0; group < count; group += GroupsTogether)
                    {
                        run.Input = line + channel + (nint)group * G.DilationX * Blocked.Lanes;
                        run.GroupStep = pointwise ? ChannelsTogether : G.DilationX * Blocked.Lanes;
                        run.Sums = sums + (ky * G.KernelWidth + group) * tapSums + channel * blocks * Blocked.Lanes;
                        run.GroupSums = pointwise ? ChannelsTogether * blocks * Blocked.Lanes : tapSums;
                        run.Execute(Math.Min(GroupsTogether, count - group), blocks);
                    }
                }
            }
        }

        private readonly float* Plane(int image, int inBlock) =>
            Input + ((long)image * (G.PlainInput ? G.InChannels : G.InBlocks) + inBlock) * G.InHeight * G.InWidth * (G.PlainInput ? 1 : Blocked.Lanes);

        private readonly float* CopyBand(int image, int inBlock, int row)
        {
            float* band = Workers.Scratch + SumsLength, plane = Plane(image, inBlock);
            for (int i = 0; i < _copyRows; i++)
            {
                int y = row * G.StrideY - G.PadTop + i;
                float* to = band + (long)i * _copyWidth * Blocked.Lanes;
                if (G.PlainInput) BorderedRow.CopyInterleaved(plane, G.InChannels, G.InHeight, G.InWidth, y, G.PadLeft, to, _copyWidth);
                else BorderedRow.Copy(plane, G.InHeight, G.InWidth, Blocked.Lanes, y, G.PadLeft, to, _copyWidth);
            }

            return band;
        }

        private readonly void AddBias(float* gradient, float* bias, int blocks)
        {
            int pixels = G.OutHeight * G.OutWidth;
            for (int block = 0; block < blocks; block++, bias += Blocked.Lanes)
            {
                Vector512<float> even = default, odd = default;
                float* end = gradient + (long)pixels * Blocked.Lanes;
                for (; gradient + Blocked.Lanes < end; gradient += 2 * Blocked.Lanes)
                {
                    even += Vector512.Load(gradient);
                    odd += Vector512.Load(gradient + Blocked.Lanes);
                }

                if (gradient < end) even += Vector512.Load(gradient);
                gradient = end;
                (Vector512.Load(bias) + (even + odd)).Store(bias);
            }
        }

        // sums [tap][16 input channels][16 x blocks output channels] to [out, in, kernelHeight, kernelWidth]
        private readonly void Write(float* sums, int part, int inBlock, int outBlock, int blocks)
        {
            int inputs = Math.Min(Blocked.Lanes, G.InChannels - inBlock * Blocked.Lanes), width = blocks * Blocked.Lanes;
            int outputs = Math.Min(width, G.OutChannels - outBlock * Blocked.Lanes);
            float* weights = Weights + (Parts == 1 ? 0 : (long)part * PartLength(G));
            for (int output = 0; output < outputs; output++)
            {
                float* to = weights + ((long)(outBlock * Blocked.Lanes + output) * G.InChannels + inBlock * Blocked.Lanes) * G.Taps;
                for (int input = 0; input < inputs; input++)
                    for (int tap = 0; tap < G.Taps; tap++) *to++ = sums[(tap * Blocked.Lanes + input) * width + output];
            }
        }
    }

    /// <summary>One register block over the pixels of a band: up to 3 groups of 4 input channels, times 1 or 2 blocks of output channels.</summary>
    private struct PixelRun
    {
        public float* Sums, Input, Gradient;
        public nint GroupSums, GroupStep;          // floats between the groups' sums, and between their inputs
        public nint BlockStep;                     // floats between the gradient's blocks
        public nint InputStep, InputRow;           // floats between the inputs of neighbouring pixels, and rows
        public int Rows, Pixels;

        public void Execute(int groups, int blocks)
        {
            fixed (PixelRun* run = &this)
            {
                switch (groups, blocks)
                {
                    case (1, 1): Accumulate<C1, C1>(run); break;
                    case (2, 1): Accumulate<C2, C1>(run); break;
                    case (3, 1): Accumulate<C3, C1>(run); break;
                    case (1, 2): Accumulate<C1, C2>(run); break;
                    case (2, 2): Accumulate<C2, C2>(run); break;
                    default: Accumulate<C3, C2>(run); break;
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Accumulate<TGroups, TBlocks>(PixelRun* run)
            where TGroups : struct, IConstant
            where TBlocks : struct, IConstant
        {
            Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
            Vector512<float> c0 = default, c1 = default, c2 = default, c3 = default, d0 = default, d1 = default, d2 = default, d3 = default;
            Vector512<float> e0 = default, e1 = default, e2 = default, e3 = default, f0 = default, f1 = default, f2 = default, f3 = default;
            nint second = run->GroupStep, third = 2 * run->GroupStep, blockStep = run->BlockStep, step = run->InputStep;
            float* dy = run->Gradient;
            float* line = run->Input;
            for (int row = run->Rows; row > 0; row--, line += run->InputRow)
            {
                float* x = line;
                for (float* end = dy + (nint)run->Pixels * Blocked.Lanes; dy < end; dy += Blocked.Lanes, x += step)
                {
                    var v = Vector512.Load(dy);
                    var w = TBlocks.Value == 2 ? Vector512.Load(dy + blockStep) : v;
                    Add<TBlocks>(x[0], v, w, ref a0, ref b0);
                    Add<TBlocks>(x[1], v, w, ref a1, ref b1);
                    Add<TBlocks>(x[2], v, w, ref a2, ref b2);
                    Add<TBlocks>(x[3], v, w, ref a3, ref b3);
                    if (TGroups.Value > 1)
                    {
                        float* y = x + second;
                        Add<TBlocks>(y[0], v, w, ref c0, ref d0);
                        Add<TBlocks>(y[1], v, w, ref c1, ref d1);
                        Add<TBlocks>(y[2], v, w, ref c2, ref d2);
                        Add<TBlocks>(y[3], v, w, ref c3, ref d3);
                    }

                    if (TGroups.Value > 2)
                    {
                        float* z = x + third;
                        Add<TBlocks>(z[0], v, w, ref e0, ref f0);
                        Add<TBlocks>(z[1], v, w, ref e1, ref f1);
                        Add<TBlocks>(z[2], v, w, ref e2, ref f2);
                        Add<TBlocks>(z[3], v, w, ref e3, ref f3);
                    }
                }
            }

            float* sums = run->Sums;
            Store<TBlocks>(sums, a0, a1, a2, a3, b0, b1, b2, b3);
            if (TGroups.Value > 1) Store<TBlocks>(sums + run->GroupSums, c0, c1, c2, c3, d0, d1, d2, d3);
            if (TGroups.Value > 2) Store<TBlocks>(sums + 2 * run->GroupSums, e0, e1, e2, e3, f0, f1, f2, f3);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Add<TBlocks>(float x, Vector512<float> v, Vector512<float> w, ref Vector512<float> low, ref Vector512<float> high)
            where TBlocks : struct, IConstant
        {
            var value = Vector512.Create(x);
            low = Vector512.MultiplyAddEstimate(value, v, low);
            if (TBlocks.Value == 2) high = Vector512.MultiplyAddEstimate(value, w, high);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Store<TBlocks>(
            float* sums, Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d,
            Vector512<float> p, Vector512<float> q, Vector512<float> r, Vector512<float> s)
            where TBlocks : struct, IConstant
        {
            nint row = TBlocks.Value * Blocked.Lanes;
            AddFour(sums, row, a, b, c, d);
            if (TBlocks.Value == 2) AddFour(sums + Blocked.Lanes, row, p, q, r, s);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void AddFour(float* sums, nint row, Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d)
        {
            (Vector512.Load(sums) + a).Store(sums);
            (Vector512.Load(sums + row) + b).Store(sums + row);
            (Vector512.Load(sums + 2 * row) + c).Store(sums + 2 * row);
            (Vector512.Load(sums + 3 * row) + d).Store(sums + 3 * row);
        }
    }
}
