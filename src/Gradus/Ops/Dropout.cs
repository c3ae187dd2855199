using System.Numerics.Tensors;
using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>
/// Inverted dropout: each element becomes 0 with probability rate, and is divided by 1 - rate otherwise, so that the expected
/// value stays. Every forward pass, replayed ones included, takes the next stream of the source: the same source position gives
/// the same mask on any number of threads.
/// </summary>
/// <remarks>Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov 2014, "Dropout: a simple way to prevent neural networks from overfitting".</remarks>
internal sealed class Dropout(float rate, RandomSource source) : Operation
{
    public override object Settings => rate;

    public float Rate => rate;

    internal override bool IsDeterministic => false;

    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs) => new(inputs[0])
    {
        Saved = [inputs[0]], // 0 or 1 / (1 - rate)
        BackwardReads = Reads.None,
    };

    protected internal override void Forward(Frame f)
    {
        ulong stream = source.NextStream();
        ForTiles(f, (f, source.Generator, stream, rate), static (s, start, length) =>
        {
            var mask = s.f.Saved(0).Slice(start, length);
            DropoutFactors.Fill(s.Generator, s.stream, (uint)start / 4, s.rate, mask);
            TensorPrimitives.Multiply(s.f.Input(0).Slice(start, length), mask, s.f.Output.Slice(start, length));
        });
    }

    protected internal override void Backward(Frame f) => ForTiles(f, f, static (f, start, length) =>
        TensorPrimitives.Multiply(f.OutputGradient.Slice(start, length), f.Saved(0).Slice(start, length), f.InputGradient(0).Slice(start, length)));

    // A tile is a multiple of 4 elements, so that every tile begins with a whole Philox block.
    private static void ForTiles<TState>(Frame f, TState state, Action<TState, int, int> body)
    {
        int count = f.OutputShape.Count;
        Workers.Run((count + Elementwise.Tile - 1) / Elementwise.Tile, (state, body, count), static (s, tile) =>
            s.body(s.state, tile * Elementwise.Tile, Math.Min(Elementwise.Tile, s.count - tile * Elementwise.Tile)));
    }
}

/// <summary>Dropout of tensors.</summary>
public static class DropoutExtensions
{
    extension(Tensor x)
    {
        /// <summary>Sets random elements to 0 and scales the others by 1 / (1 - rate).</summary>
        /// <param name="rate">The probability of 0, from 0 to below 1.</param>
        /// <param name="source">Where the random numbers come from; one stream is taken for each pass.</param>
        /// <exception cref="ArgumentOutOfRangeException">The rate is outside [0, 1).</exception>
        public Tensor Dropout(float rate, RandomSource source)
        {
            ArgumentNullException.ThrowIfNull(source);
            if (!(rate >= 0 && rate < 1)) throw new ArgumentOutOfRangeException(nameof(rate), $"a dropout rate of {rate} is outside [0, 1): it is the share that is dropped");
            return new Dropout(rate, source).Apply(x);
        }
    }
}
