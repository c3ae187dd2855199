using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>An element-wise function of two tensors that broadcast to a common shape.</summary>
internal abstract class BinaryOperation(Reads backwardReads) : ElementwiseOperation(backwardReads)
{
    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var output = Shape.Broadcast(inputs[0], inputs[1]);
        bool repeats = inputs[0] != output || inputs[1] != output;
        return new Signature(output)
        {
            Scratch = repeats ? 2 * output.Count : 0,
            BackwardScratch = repeats ? 3 * output.Count : 0,
            BackwardReads = BackwardReads,
            IsDifferentiable = IsDifferentiable,
        };
    }

    /// <summary>False if no gradient flows through: the function is constant but for jumps.</summary>
    protected virtual bool IsDifferentiable => true;

    internal override BlockedForm? OverBlocks(ReadOnlySpan<Shape> inputs) => inputs[0] == inputs[1] ? new(this, 2) : null;

    internal override int InputsAlong(int axis, ReadOnlySpan<Shape> inputs) => inputs[0] == inputs[1] ? 2 : 0;

    /// <summary>The gradient with respect to a (which = 0) or b (which = 1).</summary>
    protected abstract void Derive(int which, ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> dy, Span<float> gradient);

    internal sealed override void Derive(
        int which, ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> gradient) =>
        Derive(which, a, b, dy, gradient);

    protected internal override void Forward(Frame f)
    {
        int count = f.OutputShape.Count;
        ForTiles((this, f), count, static (s, start, length) =>
        {
            var (operation, f) = s;
            operation.Map(Expanded(f, 0, f.Scratch, start, length), Expanded(f, 1, f.Scratch, start, length), f.Output.Slice(start, length));
        }, f, f.Scratch);
    }

    protected internal override void Backward(Frame f)
    {
        int count = f.OutputShape.Count;
        for (int which = 0; which < 2; which++)
        {
            if (!f.Wants(which)) continue;
            ForTiles((this, f, which), count, static (s, start, length) =>
            {
                var (operation, f, which) = s;
                bool reads = operation.ReadsInputs;
                bool direct = f.InputShape(which) == f.OutputShape;
                var gradient = direct ? f.InputGradient(which) : f.BackwardScratch.Slice(2 * f.OutputShape.Count, f.OutputShape.Count);
                operation.Derive(
                    which,
                    reads ? Expanded(f, 0, f.BackwardScratch, start, length) : [],
                    reads ? Expanded(f, 1, f.BackwardScratch, start, length) : [],
                    f.OutputGradient.Slice(start, length),
                    gradient.Slice(start, length));
            }, ReadsInputs ? f : null, f.BackwardScratch);
            if (f.InputShape(which) != f.OutputShape)
                Broadcasting.Reduce(f.BackwardScratch.Slice(2 * count, count), f.OutputShape, f.InputGradient(which), f.InputShape(which));
        }
    }

    private static void ForTiles<TState>(TState state, int count, Action<TState, int, int> body, Frame? expand, Span<float> scratch)
    {
        for (int i = 0; expand is not null && i < 2; i++)
        {
            if (expand.InputShape(i) != expand.OutputShape)
                Broadcasting.Expand(expand.Input(i), expand.InputShape(i), scratch.Slice(i * count, count), expand.OutputShape);
        }

        int tiles = (count + Elementwise.Tile - 1) / Elementwise.Tile;
        Workers.Run(tiles, (state, count, body), static (s, tile) =>
            s.body(s.state, tile * Elementwise.Tile, Math.Min(Elementwise.Tile, s.count - tile * Elementwise.Tile)));
    }

    private static ReadOnlySpan<float> Expanded(Frame f, int which, Span<float> scratch, int start, int length) =>
        f.InputShape(which) == f.OutputShape ? f.Input(which).Slice(start, length) : scratch.Slice(which * f.OutputShape.Count + start, length);
}
