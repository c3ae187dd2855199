namespace Gradus.Initializers;

/// <summary>
/// He initialisation keeps the variance of activations through layers followed by ReLU, which halves it: variance 2 / inputs.
/// </summary>
/// <remarks>
/// He, Zhang, Ren and Sun 2015, https://arxiv.org/abs/1502.01852, equation 10.
/// Weights are <c>[out, in]</c> or <c>[out, in / groups, height, width]</c>.
/// </remarks>
public static class He
{
    /// <summary>Fills with uniform numbers in ±√(6 / inputs).</summary>
    /// <param name="weight">A weight with at least two axes.</param>
    /// <param name="random">Where the numbers come from.</param>
    /// <exception cref="ShapeException">The weight has fewer than two axes.</exception>
    public static void Uniform(Tensor weight, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        float bound = MathF.Sqrt(6f / Fan.Of(weight).Inputs);
        random.Uniform(weight.Span, -bound, bound);
    }

    /// <summary>Fills with normal numbers of mean 0 and deviation √(2 / inputs).</summary>
    /// <inheritdoc cref="Uniform"/>
    public static void Normal(Tensor weight, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        random.Normal(weight.Span, 0, MathF.Sqrt(2f / Fan.Of(weight).Inputs));
    }
}
