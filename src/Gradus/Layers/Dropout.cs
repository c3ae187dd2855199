using Gradus.Initializers;
using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>Inverted dropout: in training each element becomes 0 with a probability, and the others grow so that the mean stays; in evaluation nothing happens.</summary>
/// <remarks>
/// Input and output <c>[...]</c>. No parameters. Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov 2014, "Dropout: a simple
/// way to prevent neural networks from overfitting", section 4.
/// </remarks>
/// <param name="rate">The probability of 0, from 0 to below 1.</param>
/// <param name="random">Where the masks come from; its position is part of a checkpoint.</param>
public sealed class Dropout(float rate = 0.5f, RandomSource? random = null) : Layer
{
    private readonly RandomSource _random = random ?? DefaultRandom.Next();

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The rate is outside [0, 1).</exception>
    public override Tensor Forward(Tensor x) => Training && rate != 0 ? x.Dropout(rate, _random) : x;
}
