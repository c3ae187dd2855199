using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>Instance normalisation: each channel of each sample to zero mean and unit variance, which takes its contrast away.</summary>
/// <remarks>
/// Input and output <c>[n, channels, ...]</c>. Parameters where it is affine: weight <c>[channels]</c> = 1, bias <c>[channels]</c> = 0.
/// Ulyanov, Vedaldi and Lempitsky 2016, https://arxiv.org/abs/1607.08022, equation 3.
/// </remarks>
/// <param name="channels">The size of axis 1.</param>
/// <param name="epsilon">Added to the variance.</param>
/// <param name="affine">Whether the result is scaled and shifted.</param>
public sealed class InstanceNorm(int channels, float epsilon = 1e-5f, bool affine = false) : Layer
{
    /// <summary>The scale, <c>[channels]</c>; null if the layer has none.</summary>
    public Parameter? Weight { get; } = affine ? Parameter.Ones([channels]) : null;

    /// <summary>The shift, <c>[channels]</c>; null if the layer has none.</summary>
    public Parameter? Bias { get; } = affine ? Parameter.Zeros([channels]) : null;

    /// <inheritdoc/>
    /// <exception cref="ShapeException">The channels differ.</exception>
    public override Tensor Forward(Tensor x) => x.GroupNormalize(channels, Weight, Bias, epsilon);
}
