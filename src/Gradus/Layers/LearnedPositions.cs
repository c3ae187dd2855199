using Gradus.Initializers;
using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>Adds a learned vector for each time step.</summary>
/// <remarks>
/// Input and output <c>[batch, time, width]</c>, time at most <c>length</c>. Parameter: weight <c>[length, width]</c>, normal with deviation 0.02.
/// Gehring, Auli, Grangier, Yarats and Dauphin 2017, https://arxiv.org/abs/1705.03122, section 3.1.
/// </remarks>
public sealed class LearnedPositions : Layer
{
    /// <summary>A vector for each time step.</summary>
    /// <param name="length">The longest sequence, at least 1.</param>
    /// <param name="width">The size of the last axis, at least 1.</param>
    /// <param name="random">Where the first values come from.</param>
    public LearnedPositions(int length, int width, RandomSource? random = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        Weight = Parameter.Zeros([length, width]);
        (random ?? DefaultRandom.Next()).Normal(Weight.Span, 0, 0.02f);
    }

    /// <summary>The vectors, <c>[length, width]</c>.</summary>
    public Parameter Weight { get; }

    /// <inheritdoc/>
    /// <exception cref="ShapeException">The input is not [batch, time, width], or longer than there are vectors.</exception>
    public override Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        var (length, width) = (Weight.Shape[0], Weight.Shape[1]);
        if (x.Shape.Rank != 3 || x.Shape[2] != width || x.Shape[1] > length)
            throw new ShapeException($"learned positions expect [batch, at most {length}, {width}]; got {x.Shape}");
        return x + (x.Shape[1] == length ? Weight : Weight.Slice(0, 0, x.Shape[1]));
    }
}
