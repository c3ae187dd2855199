using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>
/// Group normalisation: each group of channels of each sample to zero mean and unit variance, then each channel scaled and shifted. It does not
/// depend on the batch.
/// </summary>
/// <remarks>
/// Input and output <c>[n, channels, ...]</c>. Parameters: weight <c>[channels]</c> = 1, bias <c>[channels]</c> = 0.
/// Wu and He 2018, https://arxiv.org/abs/1803.08494, equations 1 to 3.
/// </remarks>
/// <param name="groups">How many groups of neighbouring channels there are; divides the channels.</param>
/// <param name="channels">The size of axis 1.</param>
/// <param name="epsilon">Added to the variance.</param>
/// <param name="affine">Whether the result is scaled and shifted.</param>
public sealed class GroupNorm(int groups, int channels, float epsilon = 1e-5f, bool affine = true) : Layer
{
    /// <summary>The scale, <c>[channels]</c>; null if the layer has none.</summary>
    public Parameter? Weight { get; } = affine ? Parameter.Ones([channels]) : null;

    /// <summary>The shift, <c>[channels]</c>; null if the layer has none.</summary>
    public Parameter? Bias { get; } = affine ? Parameter.Zeros([channels]) : null;

    /// <inheritdoc/>
    /// <exception cref="ShapeException">The channels differ, or the groups do not divide them.</exception>
    public override Tensor Forward(Tensor x) => x.GroupNormalize(groups, Weight, Bias, epsilon);
}
