using System.Runtime.Intrinsics;

namespace Gradus.Kernels.Convolution;

/// <summary>
/// A convolution whose every channel has one kernel of its own. A tile is 16 channels of one image; plain pictures <c>[n, c, h, w]</c> are
/// turned to blocks and back within the tile, blocked ones <c>[n, c / 16, h, w, 16]</c> are used where they lie.
/// </summary>
/// <param name="images">n.</param>
/// <param name="channels">c.</param>
/// <param name="height">h.</param>
/// <param name="width">w.</param>
/// <param name="window">How the kernels slide.</param>
/// <param name="plain">Whether pictures are plain.</param>
internal readonly unsafe struct DepthwiseConvolution(int images, int channels, int height, int width, Window2d window, bool plain)
{
    private const int L = Blocked.Lanes;
    private const int TilesWanted = 32; // of the weight gradient: a constant, for the sums must not depend on the number of threads

    private readonly DepthwisePlane _plane = new(height, width, window);

    /// <summary>Floats that <see cref="Pack"/> writes.</summary>
    public int PackedLength => Blocks * PackedBlock;

    /// <summary>Floats of working memory of <see cref="BackwardWeights"/>.</summary>
    public int SumsLength => Parts * PackedLength;

    private int Blocks => Blocked.Blocks(channels);

    private int PackedBlock => (window.Taps + 1) * L; // the taps, then the bias

    private int Parts => Math.Clamp(TilesWanted / Math.Max(1, Blocks), 1, Math.Max(1, images));

    /// <summary>Weights [c, 1, kernel height, kernel width] and bias [c] (or empty) as [blocks, taps + 1, 16]; lanes beyond the channels are 0.</summary>
    public void Pack(ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, Span<float> packed)
    {
        packed = packed[..PackedLength];
        packed.Clear();
        for (int channel = 0; channel < channels; channel++)
        {
            var block = packed.Slice(channel / L * PackedBlock, PackedBlock);
            for (int tap = 0; tap < window.Taps; tap++) block[tap * L + channel % L] = weights[channel * window.Taps + tap];
            if (!bias.IsEmpty) block[window.Taps * L + channel % L] = bias[channel];
        }
    }

    /// <summary>y = convolution(x) + bias.</summary>
    public void Forward(ReadOnlySpan<float> x, ReadOnlySpan<float> packed, Span<float> y)
    {
        fixed (float* from = x, weights = packed, to = y)
        {
            var job = new Job { Sizes = this, X = from, Weights = weights, Y = to };
            Workers.Run(images * Blocks, job, static (job, tile) =>
            {
                if (Vector512.IsHardwareAccelerated) job.Sizes.Forward<Vector512<float>, Lanes512>(job, tile);
                else if (Vector256.IsHardwareAccelerated) job.Sizes.Forward<Vector256<float>, Lanes256>(job, tile);
                else if (Vector128.IsHardwareAccelerated) job.Sizes.Forward<Vector128<float>, Lanes128>(job, tile);
                else job.Sizes.Forward<float, ScalarLanes>(job, tile);
            }, TileScratch);
        }
    }

    /// <summary>dx from dy; overwritten.</summary>
    public void BackwardInput(ReadOnlySpan<float> dy, ReadOnlySpan<float> packed, Span<float> dx)
    {
        fixed (float* from = dy, weights = packed, to = dx)
        {
            var job = new Job { Sizes = this, Gradient = from, Weights = weights, X = to };
            Workers.Run(images * Blocks, job, static (job, tile) =>
            {
                if (Vector512.IsHardwareAccelerated) job.Sizes.BackwardInput<Vector512<float>, Lanes512>(job, tile);
                else if (Vector256.IsHardwareAccelerated) job.Sizes.BackwardInput<Vector256<float>, Lanes256>(job, tile);
                else if (Vector128.IsHardwareAccelerated) job.Sizes.BackwardInput<Vector128<float>, Lanes128>(job, tile);
                else job.Sizes.BackwardInput<float, ScalarLanes>(job, tile);
            }, TileScratch);
        }
    }

    /// <summary>dw [c, 1, kernel height, kernel width] and db [c], either empty where nobody wants it; overwritten.</summary>
    public void BackwardWeights(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dw, Span<float> db, Span<float> sums)
    {
        fixed (float* from = x, gradient = dy, to = sums, weights = dw, bias = db)
        {
            var job = new Job { Sizes = this, X = from, Gradient = gradient, Sums = to, Weights = weights, Bias = bias };
            Workers.Run(Parts * Blocks, job, static (job, tile) =>
            {
                if (Vector512.IsHardwareAccelerated) job.Sizes.AddSums<Vector512<float>, Lanes512>(job, tile);
                else if (Vector256.IsHardwareAccelerated) job.Sizes.AddSums<Vector256<float>, Lanes256>(job, tile);
                else if (Vector128.IsHardwareAccelerated) job.Sizes.AddSums<Vector128<float>, Lanes128>(job, tile);
                else job.Sizes.AddSums<float, ScalarLanes>(job, tile);
            }, TileScratch);
            Tiles.Run(Blocks, SumsLength, job, static (job, block) => job.Sizes.Fold(job, block));
        }
    }

    private int TileScratch => plain ? (_plane.Pixels + _plane.OutPixels) * L : 0;

    private void Forward<TVector, TLanes>(in Job job, int tile)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        float* x = Input(job.X, tile), y = plain ? Workers.Scratch + _plane.Pixels * L : job.Y + (long)tile * _plane.OutPixels * L;
        float* weights = job.Weights + tile % Blocks * PackedBlock;
        for (int lane = 0; lane < L; lane += TLanes.Count)
            _plane.Forward<TVector, TLanes>(x + lane, weights + lane, L, TLanes.Load(weights + window.Taps * L + lane), y + lane);
        if (plain) Blocked.PlaneToPlain(y, Plain(job.Y, tile, _plane.OutPixels), Together(tile), _plane.OutPixels);
    }

    private void BackwardInput<TVector, TLanes>(in Job job, int tile)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        float* dy = Gradient(job.Gradient, tile), dx = plain ? Workers.Scratch : job.X + (long)tile * _plane.Pixels * L;
        float* weights = job.Weights + tile % Blocks * PackedBlock;
        bool gathers = window.Stride is { Height: 1, Width: 1 };
        var adjoint = _plane.Adjoint();
        if (!gathers) new Span<float>(dx, _plane.Pixels * L).Clear();
        for (int lane = 0; lane < L; lane += TLanes.Count)
        {
            if (gathers) adjoint.Forward<TVector, TLanes>(dy + lane, weights + (window.Taps - 1) * L + lane, -L, TLanes.Broadcast(0), dx + lane);
            else _plane.AddSpread<TVector, TLanes>(dy + lane, weights + lane, dx + lane);
        }

        if (plain) Blocked.PlaneToPlain(dx, Plain(job.X, tile, _plane.Pixels), Together(tile), _plane.Pixels);
    }

    private void AddSums<TVector, TLanes>(in Job job, int tile)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        int block = tile % Blocks, part = tile / Blocks;
        float* sums = job.Sums + (long)tile * PackedBlock;
        new Span<float>(sums, PackedBlock).Clear();
        for (int image = (int)((long)images * part / Parts); image < (int)((long)images * (part + 1) / Parts); image++)
        {
            float* x = Input(job.X, image * Blocks + block), dy = Gradient(job.Gradient, image * Blocks + block);
            for (int lane = 0; lane < L; lane += TLanes.Count)
            {
                if (job.Weights != null) _plane.AddWeightSums<TVector, TLanes>(x + lane, dy + lane, sums + lane);
                if (job.Bias != null) AddPixels<TVector, TLanes>(dy + lane, sums + window.Taps * L + lane);
            }
        }
    }

    private void AddPixels<TVector, TLanes>(float* dy, float* sums)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        var sum = TLanes.Broadcast(0);
        for (int pixel = 0; pixel < _plane.OutPixels; pixel++) sum = TLanes.Add(sum, TLanes.Load(dy + (long)pixel * L));
        TLanes.Store(TLanes.Add(TLanes.Load(sums), sum), sums);
    }

    // The parts' sums of one block, in order.
    private void Fold(in Job job, int block)
    {
        for (int lane = 0; lane < Math.Min(L, channels - block * L); lane++)
        {
            int channel = block * L + lane;
            for (int tap = 0; tap <= window.Taps; tap++)
            {
                double sum = 0;
                for (int part = 0; part < Parts; part++) sum += job.Sums[(long)(part * Blocks + block) * PackedBlock + tap * L + lane];
                if (tap == window.Taps && job.Bias != null) job.Bias[channel] = (float)sum;
                else if (tap < window.Taps && job.Weights != null) job.Weights[channel * window.Taps + tap] = (float)sum;
            }
        }
    }

    private float* Input(float* x, int tile) => Arranged(x, tile, _plane.Pixels, 0);

    private float* Gradient(float* dy, int tile) => Arranged(dy, tile, _plane.OutPixels, _plane.Pixels * L);

    private float* Arranged(float* tensor, int tile, int pixels, int offset)
    {
        if (!plain) return tensor + (long)tile * pixels * L;
        float* to = Workers.Scratch + offset;
        Blocked.PlaneFromPlain(Plain(tensor, tile, pixels), to, Together(tile), pixels);
        return to;
    }

    private float* Plain(float* tensor, int tile, int pixels) => tensor + ((long)(tile / Blocks) * channels + tile % Blocks * L) * pixels;

    private int Together(int tile) => Math.Min(L, channels - tile % Blocks * L);

    /// <summary>Weights are what <see cref="Pack"/> made, or the gradient to write.</summary>
    private struct Job
    {
        public DepthwiseConvolution Sizes;
        public float* X, Weights, Y, Gradient, Sums, Bias;
    }
}
