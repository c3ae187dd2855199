using Gradus.Graph;
using Gradus.Kernels;
using Gradus.Kernels.Convolution;

namespace Gradus.Ops;

/// <summary><see cref="PRelu"/> over blocked activations <c>[n, channels / 16, h, w, 16]</c>, with a slope <c>[channels, 1, 1]</c> or <c>[1, 1, 1]</c>.</summary>
internal sealed class BlockedPRelu(int channels) : Operation
{
    public override object Settings => channels;

    private const int Piece = 16 * Blocked.Lanes; // the slopes of a block, repeated: long enough that a call costs little

    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs) => new(inputs[0])
    {
        BackwardScratch = inputs[0][0] * inputs[0][1] * Blocked.Lanes, // the slope's gradient of each plane
    };

    protected internal override void Forward(Frame f)
    {
        ForPlanes(f, f, static (f, plane, start, size) =>
        {
            Span<float> slopes = stackalloc float[Piece];
            Slopes(f, plane, slopes);
            for (int i = 0; i < size; i += Piece)
            {
                int length = Math.Min(Piece, size - i);
                Function.Map(f.Input(0).Slice(start + i, length), slopes[..length], f.Output.Slice(start + i, length));
            }
        });
    }

    protected internal override void Backward(Frame f)
    {
        ForPlanes(f, f, static (f, plane, start, size) =>
        {
            Span<float> slopes = stackalloc float[Piece], products = stackalloc float[Piece];
            Slopes(f, plane, slopes);
            var sums = f.BackwardScratch.Slice(plane * Blocked.Lanes, Blocked.Lanes);
            sums.Clear();
            for (int i = 0; i < size; i += Piece)
            {
                int length = Math.Min(Piece, size - i);
                ReadOnlySpan<float> x = f.Input(0).Slice(start + i, length), dy = f.OutputGradient.Slice(start + i, length);
                if (f.Wants(0)) PRelu.DeriveSpans(0, x, slopes[..length], dy, f.InputGradient(0).Slice(start + i, length));
                if (!f.Wants(1)) continue;
                PRelu.DeriveSpans(1, x, slopes[..length], dy, products[..length]);
                for (int j = 0; j < length; j += Blocked.Lanes) System.Numerics.Tensors.TensorPrimitives.Add(sums, products.Slice(j, Blocked.Lanes), sums);
            }
        });
        if (f.Wants(1)) SumPlanes(f);
    }

    private static readonly PRelu Function = new();

    // Plane after plane: the order does not depend on who computed them.
    private void SumPlanes(Frame f)
    {
        var gradient = f.InputGradient(1);
        gradient.Clear();
        var (images, blocks) = (f.InputShape(0)[0], f.InputShape(0)[1]);
        for (int plane = 0; plane < images * blocks; plane++)
        {
            var sums = f.BackwardScratch.Slice(plane * Blocked.Lanes, Blocked.Lanes);
            int channel = plane % blocks * Blocked.Lanes;
            for (int lane = 0; lane < Math.Min(Blocked.Lanes, channels - channel); lane++) gradient[gradient.Length == 1 ? 0 : channel + lane] += sums[lane];
        }
    }

    private static void Slopes(Frame f, int plane, Span<float> slopes)
    {
        var slope = f.Input(1);
        int channel = plane % f.InputShape(0)[1] * Blocked.Lanes;
        for (int lane = 0; lane < Blocked.Lanes; lane++)
            slopes[lane] = slope.Length == 1 ? slope[0] : channel + lane < slope.Length ? slope[channel + lane] : 0;
        for (int i = Blocked.Lanes; i < slopes.Length; i += Blocked.Lanes) slopes[..Blocked.Lanes].CopyTo(slopes[i..]);
    }

    private static void ForPlanes<TState>(Frame f, TState state, Action<TState, int, int, int> body)
    {
        var x = f.InputShape(0);
        int planes = x[0] * x[1], size = x.CountFrom(2);
        Tiles.Run(Tiles.Rows(planes, size), x.Count, (state, body, planes, size), static (s, tile) =>
        {
            int rows = Tiles.RowsPerTile(s.size);
            for (int plane = tile * rows; plane < Math.Min((tile + 1) * rows, s.planes); plane++) s.body(s.state, plane, plane * s.size, s.size);
        });
    }
}
