using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>x where it is positive, slope · x elsewhere, with a slope that is learned for each channel, or one for all.</summary>
/// <remarks>
/// Input and output <c>[n, channels, ...]</c>; <c>[...]</c> with one slope. Parameter: weight <c>[channels]</c>, the slopes, 0.25 at first.
/// He, Zhang, Ren and Sun 2015, https://arxiv.org/abs/1502.01852, section 2.1. Weight decay would pull the slopes to 0, ReLU's.
/// </remarks>
public sealed class PRelu : Layer
{
    /// <summary>A layer with slopes of its own.</summary>
    /// <param name="channels">The size of axis 1, or 1 for one slope for all; at least 1.</param>
    /// <param name="slope">The slopes' first value.</param>
    public PRelu(int channels = 1, float slope = 0.25f)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        Weight = Parameter.Zeros([channels]);
        Weight.Span.Fill(slope);
    }

    /// <summary>The slopes, <c>[channels]</c>.</summary>
    public Parameter Weight { get; }

    /// <inheritdoc/>
    /// <exception cref="ShapeException">There is more than one slope, and the size of axis 1 differs.</exception>
    public override Tensor Forward(Tensor x) => x.PRelu(Weight);
}
