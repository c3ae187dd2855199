using Gradus.Initializers;
using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>Dropout of whole channels: in training each becomes 0 with a probability, and the others grow so that the mean stays; in evaluation nothing happens.</summary>
/// <remarks>
/// Input and output <c>[n, c, ...]</c>. No parameters. Tompson, Goroshin, Jain, LeCun and Bregler 2015, https://arxiv.org/abs/1411.4280, section 3.2.
/// </remarks>
/// <param name="rate">The probability of 0, from 0 to below 1.</param>
/// <param name="random">Where the masks come from; its position is part of a checkpoint.</param>
public sealed class SpatialDropout(float rate = 0.5f, RandomSource? random = null) : Layer
{
    private readonly RandomSource _random = random ?? DefaultRandom.Next();

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The rate is outside [0, 1).</exception>
    /// <exception cref="ShapeException">The input has fewer than three axes.</exception>
    public override Tensor Forward(Tensor x) => Training ? x.SpatialDropout(rate, _random) : x;
}
