namespace Gradus.Initializers;

/// <summary>
/// Xavier initialisation keeps the variance of activations and gradients through layers that are linear near 0 (tanh, sigmoid):
/// variance 2 / (inputs + outputs).
/// </summary>
/// <remarks>
/// Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks", equation 16.
/// Weights are <c>[out, in]</c> or <c>[out, in / groups, height, width]</c>.
/// </remarks>
public static class Xavier
{
    /// <summary>Fills with uniform numbers in ±gain · √(6 / (inputs + outputs)).</summary>
    /// <param name="weight">A weight with at least two axes.</param>
    /// <param name="random">Where the numbers come from.</param>
    /// <param name="gain">A factor for the activation: 1, or 5/3 for tanh.</param>
    /// <exception cref="ShapeException">The weight has fewer than two axes.</exception>
    public static void Uniform(Tensor weight, RandomSource random, float gain = 1)
    {
        ArgumentNullException.ThrowIfNull(random);
        var (inputs, outputs) = Fan.Of(weight);
        float bound = gain * MathF.Sqrt(6f / (inputs + outputs));
        random.Uniform(weight.Span, -bound, bound);
    }

    /// <summary>Fills with normal numbers of mean 0 and deviation gain · √(2 / (inputs + outputs)).</summary>
    /// <inheritdoc cref="Uniform"/>
    public static void Normal(Tensor weight, RandomSource random, float gain = 1)
    {
        ArgumentNullException.ThrowIfNull(random);
        var (inputs, outputs) = Fan.Of(weight);
        random.Normal(weight.Span, 0, gain * MathF.Sqrt(2f / (inputs + outputs)));
    }
}
