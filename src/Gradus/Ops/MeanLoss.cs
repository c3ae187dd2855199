using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>The mean over all elements of a function of prediction and target, of the same shape, in one pass.</summary>
internal abstract class MeanLoss : Operation
{
    // inputs: prediction, target
    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        Require(inputs[0] == inputs[1], $"{Name} compares tensors of one shape; got a prediction {inputs[0]} and a target {inputs[1]}");
        Require(inputs[0].Count > 0, $"{Name} is a mean over elements, and {inputs[0]} has none");
        return new Signature(Shape.Scalar) { Scratch = TileCount(inputs[0].Count) }; // one partial sum per tile
    }

    /// <summary>The sum of the losses.</summary>
    protected abstract float SumOf(ReadOnlySpan<float> x, ReadOnlySpan<float> target);

    /// <summary>scale times the derivative of the loss, with respect to the prediction (which = 0) or the target (which = 1).</summary>
    protected abstract void Derive(int which, ReadOnlySpan<float> x, ReadOnlySpan<float> target, float scale, Span<float> gradient);

    protected internal override void Forward(Frame f)
    {
        int count = f.InputShape(0).Count, tiles = TileCount(count);
        Workers.Run(tiles, (this, f), static (s, tile) =>
        {
            var (start, length) = Range(s.f, tile);
            s.f.Scratch[tile] = s.Item1.SumOf(s.f.Input(0).Slice(start, length), s.f.Input(1).Slice(start, length));
        });
        double sum = 0;
        foreach (float part in f.Scratch[..tiles]) sum += part;
        f.Output[0] = (float)(sum / count);
    }

    protected internal override void Backward(Frame f)
    {
        float scale = f.OutputGradient[0] / f.InputShape(0).Count;
        for (int which = 0; which < 2; which++)
        {
            if (!f.Wants(which)) continue;
            Workers.Run(TileCount(f.InputShape(0).Count), (this, f, which, scale), static (s, tile) =>
            {
                var (start, length) = Range(s.f, tile);
                s.Item1.Derive(s.which, s.f.Input(0).Slice(start, length), s.f.Input(1).Slice(start, length), s.scale, s.f.InputGradient(s.which).Slice(start, length));
            });
        }
    }

    private static int TileCount(int count) => (count + Elementwise.Tile - 1) / Elementwise.Tile;

    private static (int Start, int Length) Range(Frame f, int tile) =>
        (tile * Elementwise.Tile, Math.Min(Elementwise.Tile, f.InputShape(0).Count - tile * Elementwise.Tile));
}
