using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>An element-wise function of one tensor; input and output have the same shape.</summary>
internal abstract class UnaryOperation(Reads backwardReads) : ElementwiseOperation(backwardReads)
{
    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs) => new(inputs[0]) { BackwardReads = BackwardReads };

    internal override BlockedForm? OverBlocks(ReadOnlySpan<Shape> inputs) => new(this);

    internal override int InputsAlong(int axis, ReadOnlySpan<Shape> inputs) => 1;

    /// <summary>y = f(x).</summary>
    protected abstract void Map(ReadOnlySpan<float> x, Span<float> y);

    /// <summary>dx = f'(x) dy, from x, or from y = f(x), whichever backward reads; the other is empty.</summary>
    protected abstract void Derive(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx);

    internal sealed override void Map(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) => Map(a, y);

    internal sealed override void Derive(
        int which, ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> gradient) =>
        Derive(a, y, dy, gradient);

    protected internal override void Forward(Frame f) => Workers.Run(Tiles(f), (this, f), static (s, tile) =>
    {
        var (start, length) = Range(s.f, tile);
        s.Item1.Map(s.f.Input(0).Slice(start, length), s.f.Output.Slice(start, length));
    });

    protected internal override void Backward(Frame f) => Workers.Run(Tiles(f), (this, f), static (s, tile) =>
    {
        var (start, length) = Range(s.f, tile);
        var x = s.Item1.ReadsInputs ? s.f.Input(0).Slice(start, length) : [];
        ReadOnlySpan<float> y = s.Item1.ReadsOutput ? s.f.Output.Slice(start, length) : [];
        s.Item1.Derive(x, y, s.f.OutputGradient.Slice(start, length), s.f.InputGradient(0).Slice(start, length));
    });

    private static int Tiles(Frame f) => (f.OutputShape.Count + Elementwise.Tile - 1) / Elementwise.Tile;

    private static (int Start, int Length) Range(Frame f, int tile) =>
        (tile * Elementwise.Tile, Math.Min(Elementwise.Tile, f.OutputShape.Count - tile * Elementwise.Tile));
}
