using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>
/// The softmax of the first elements of each line, as many as its sequence has; 0 behind them, which are not read. A line of no
/// element gives 0. dx = y (dy - Σ y dy).
/// </summary>
/// <remarks>The weights of attention over sequences of different lengths.</remarks>
internal sealed class MaskedSoftmax : Operation
{
    // inputs: x [batch, ..., keys]; integers: lengths [batch]
    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        Require(inputs[0].Rank >= 2, $"a softmax over sequences expects [batch, ..., keys]; got {inputs[0]}");
        return new Signature(inputs[0]) { BackwardReads = Reads.Outputs };
    }

    protected internal override void Forward(Frame f)
    {
        RequireLengths(f);
        ForTiles(f, static (f, first, rows, keys) =>
        {
            var y = f.Output.Slice(first * keys, rows * keys);
            f.Input(0).Slice(first * keys, rows * keys).CopyTo(y);
            for (int row = 0; row < rows; row++)
            {
                int length = Length(f, first + row);
                y.Slice(row * keys, keys)[length..].Fill(length == 0 ? 0 : float.NegativeInfinity); // of -infinity the power is 0
            }

            SoftmaxRows.Forward(y, y, keys, logarithm: false);
            for (int row = 0; row < rows; row++)
                if (Length(f, first + row) == 0) y.Slice(row * keys, keys).Clear();
        });
    }

    protected internal override void Backward(Frame f) => ForTiles(f, static (f, first, rows, keys) => SoftmaxRows.Backward(
        f.Output.Slice(first * keys, rows * keys), f.OutputGradient.Slice(first * keys, rows * keys), f.InputGradient(0).Slice(first * keys, rows * keys), keys, logarithm: false));

    private static int Length(Frame f, int row) => f.Integers(0)[row / (f.OutputShape.CountFrom(1) / f.OutputShape[^1])];

    private static void RequireLengths(Frame f)
    {
        var lengths = f.Integers(0);
        var x = f.OutputShape;
        if (lengths.Length != x[0]) throw new ArgumentException($"a softmax over {x[0]} sequences needs {x[0]} lengths; got {lengths.Length}", nameof(f));
        foreach (int length in lengths)
            if ((uint)length > (uint)x[^1]) throw new ArgumentException($"a sequence's length must be in 0 ... {x[^1]}; got {length}", nameof(f));
    }

    private static void ForTiles(Frame f, Action<Frame, int, int, int> body)
    {
        var x = f.OutputShape;
        if (x.Count == 0) return;
        int keys = x[^1];
        Tiles.Run(Tiles.Rows(x.Count / keys, keys), 8L * x.Count, (f, body, keys), static (s, tile) =>
        {
            int most = Tiles.RowsPerTile(s.keys), first = tile * most;
            s.body(s.f, first, Math.Min(most, s.f.OutputShape.Count / s.keys - first), s.keys);
        });
    }
}

/// <summary>Softmax over sequences of different lengths.</summary>
public static class MaskedSoftmaxExtensions
{
    extension(Tensor x)
    {
        /// <summary>eˣ / Σ eˣ over the last axis as far as each sequence goes: weights that sum to 1, and 0 behind the end.</summary>
        /// <param name="lengths"><c>[batch]</c>, each from 0 (all weights are 0) to the last axis's size.</param>
        /// <returns>The shape of x, which is <c>[batch, ..., keys]</c>.</returns>
        /// <exception cref="ShapeException">There are fewer than two axes.</exception>
        /// <exception cref="ArgumentException">The lengths are not one for each sequence, or one is out of range.</exception>
        public Tensor MaskedSoftmax(IntTensor lengths)
        {
            ArgumentNullException.ThrowIfNull(lengths);
            return new MaskedSoftmax().ApplyAll([x], [lengths])[0];
        }
    }
}
