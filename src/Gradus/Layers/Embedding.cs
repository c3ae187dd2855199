using Gradus.Initializers;
using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>A learned vector for each token of a vocabulary.</summary>
/// <remarks>
/// Input <c>[...]</c>, token numbers from 0 to vocabulary - 1; output <c>[..., d]</c>. Parameter: weight <c>[vocabulary, d]</c>, normal with
/// mean 0 and deviation 1. Bengio, Ducharme, Vincent and Jauvin 2003, "A neural probabilistic language model", section 2.
/// </remarks>
public sealed class Embedding : Layer
{
    private readonly int? _padding;

    /// <summary>A table of vectors.</summary>
    /// <param name="vocabulary">How many tokens there are, at least 1.</param>
    /// <param name="size">d, the length of a vector, at least 1.</param>
    /// <param name="padding">A token that only fills up: its vector is 0 at first and gets no gradient. None if null.</param>
    /// <param name="random">Where the vectors' first values come from.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or the padding token is not in the vocabulary.</exception>
    public Embedding(int vocabulary, int size, int? padding = null, RandomSource? random = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabulary, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        if (padding < 0 || padding >= vocabulary)
            throw new ArgumentOutOfRangeException(nameof(padding), $"the padding token is one of the vocabulary, 0 to {vocabulary - 1}; got {padding}");
        _padding = padding;
        Weight = Parameter.Zeros([vocabulary, size]);
        (random ?? DefaultRandom.Next()).Normal(Weight.Span);
        if (padding is { } token) Weight.Span.Slice(token * size, size).Clear();
    }

    /// <summary>The vectors, <c>[vocabulary, d]</c>.</summary>
    public Parameter Weight { get; }

    /// <summary>The vectors of tokens.</summary>
    /// <param name="x"><c>[...]</c>, the tokens' numbers as floats, which hold them exactly up to 2²⁴.</param>
    /// <returns><c>[..., d]</c>.</returns>
    /// <exception cref="ArgumentException">A number is not whole, or not in the vocabulary.</exception>
    public override Tensor Forward(Tensor x) => Weight.Embed(x, _padding);

    /// <summary>The vectors of tokens.</summary>
    /// <param name="tokens"><c>[...]</c>, each from 0 to vocabulary - 1.</param>
    /// <returns><c>[..., d]</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is not in the vocabulary.</exception>
    public Tensor Forward(IntTensor tokens) => Weight.Embed(tokens, _padding);
}
