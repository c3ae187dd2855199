using System.Numerics.Tensors;
using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops.Chains;

/// <summary>
/// Element-wise operations that read each other's results, as one: it walks through the tensors in pieces that stay in the innermost
/// cache and does all there is to do with one before it turns to the next. Intermediate values never reach memory, but for costly ones
/// that backward needs.
/// </summary>
/// <remarks>
/// Sums over elements that repeat are taken within a tile, then over the tiles in their order; tiles depend on the number of elements
/// alone. So the same bits come out of any number of threads.
/// </remarks>
internal sealed class ElementwiseChain : Operation
{
    private const int LongestPiece = 1024; // floats: eight of them fill a 32 KiB cache, and calls cost little beside their content
    private const int ShortestPiece = 256;
    private const int MostTiles = 64; // bounds the partial sums of gradients that repeat

    private readonly Shape _shape;
    private readonly ChainInput[] _inputs;
    private readonly ChainMember[] _members;
    private readonly ChainSchedule _forward, _backward;
    private readonly int[] _partials; // where the partial sums of each input begin within those of a tile
    private readonly int _tile, _partialLength;

    /// <summary>A chain whose last member's result is the output.</summary>
    /// <param name="shape">The shape of every member's result.</param>
    /// <param name="inputs">The tensors from outside.</param>
    /// <param name="members">The operations, each after those whose results it reads.</param>
    public ElementwiseChain(Shape shape, ChainInput[] inputs, ChainMember[] members)
    {
        (_shape, _inputs, _members) = (shape, inputs, members);
        _backward = ChainSchedule.Backward(inputs, members);
        _forward = ChainSchedule.Forward(inputs, members, _backward.Saved);
        _tile = Math.Max(Elementwise.Tile, Whole(shape.Count / MostTiles + 1, LongestPiece));
        _partials = new int[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            _partials[i] = _partialLength;
            if (Sums(i)) _partialLength += Whole(inputs[i].Repetition.Width(_tile), 16); // a cache line belongs to one tile
        }
    }

    public override string Name => $"ElementwiseChain({string.Join(", ", _members.Select(member => member.Operation.Name))})";

    /// <summary>How many operations became this one.</summary>
    public int Length => _members.Length;

    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        return new Signature(_shape)
        {
            Saved = [.. _backward.Saved.Select(_ => _shape)],
            BackwardReads = _backward.Reads,
            BackwardScratch = Tiles * _partialLength,
        };
    }

    protected internal override void Forward(Frame f) => Run(f, _forward, static (chain, f, schedule, tile) => chain.Walk(f, schedule, tile));

    protected internal override void Backward(Frame f)
    {
        Run(f, _backward, static (chain, f, schedule, tile) =>
        {
            chain.Partials(f, tile).Clear();
            chain.Walk(f, schedule, tile);
        });
        for (int i = 0; i < _inputs.Length; i++)
        {
            if (Sums(i)) Fold(f, i);
        }
    }

    private int Tiles => (_shape.Count + _tile - 1) / _tile;

    private void Run(Frame f, ChainSchedule schedule, Action<ElementwiseChain, Frame, ChainSchedule, int> body) => Workers.Run(
        Tiles, (this, f, schedule, body), static (s, tile) => s.body(s.Item1, s.f, s.schedule, tile), schedule.Slots * PieceLength(schedule));

    private unsafe void Walk(Frame f, ChainSchedule schedule, int tile)
    {
        int length = PieceLength(schedule), count = Math.Min(_tile, _shape.Count - tile * _tile);
        float* scratch = schedule.Slots > 0 ? Workers.Scratch : null;
        for (int i = 0; i < count; i += length)
        {
            var piece = new ChainPiece(f, tile * _tile + i, Math.Min(length, count - i), scratch, length);
            foreach (ref readonly var step in schedule.Steps.AsSpan()) Do(step, piece, tile);
        }
    }

    private void Do(in ChainStep step, in ChainPiece piece, int tile)
    {
        switch (step.Action)
        {
            case ChainAction.Expand:
                _inputs[step.Which].Repetition.Expand(piece.Frame.Input(step.Which), piece.Start, piece.At(step.Target));
                break;
            case ChainAction.Map:
                step.Operation!.Map(piece.At(step.A), piece.At(step.B), piece.At(step.Target));
                break;
            case ChainAction.Derive:
                step.Operation!.Derive(
                    step.Which, piece.At(step.A), piece.At(step.B), piece.At(step.Y), piece.At(step.Gradient), piece.At(step.Target));
                break;
            case ChainAction.Add:
                TensorPrimitives.Add(piece.At(step.Target), piece.At(step.A), piece.At(step.Target));
                break;
            case ChainAction.Reduce:
                _inputs[step.Which].Repetition.Accumulate(piece.At(step.A), piece.Start, tile * _tile, Partial(piece.Frame, tile, step.Which));
                break;
        }
    }

    private void Fold(Frame f, int input)
    {
        var gradient = f.InputGradient(input);
        gradient.Clear();
        for (int tile = 0; tile < Tiles; tile++) _inputs[input].Repetition.Fold(Partial(f, tile, input), tile * _tile, gradient);
    }

    private bool Sums(int input) => _inputs[input] is { IsWhole: false, WantsGradient: true };

    private Span<float> Partials(Frame f, int tile) => f.BackwardScratch.Slice(tile * _partialLength, _partialLength);

    private Span<float> Partial(Frame f, int tile, int input) => Partials(f, tile).Slice(_partials[input], _inputs[input].Repetition.Width(_tile));

    private static int PieceLength(ChainSchedule schedule) =>
        Math.Clamp(8 * LongestPiece / Math.Max(1, schedule.Slots) / ShortestPiece * ShortestPiece, ShortestPiece, LongestPiece);

    private static int Whole(int length, int multiple) => (length + multiple - 1) / multiple * multiple;
}
