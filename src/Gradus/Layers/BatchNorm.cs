using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>
/// Batch normalisation: every channel to zero mean and unit variance, then scaled and shifted. Training uses the batch's
/// statistics and keeps a running average of them for evaluation.
/// </summary>
/// <remarks>
/// Input and output <c>[n, channels]</c> or <c>[n, channels, h, w]</c>. Parameters: weight <c>[channels]</c> = 1, bias <c>[channels]</c> = 0;
/// buffers: running mean = 0, running variance = 1. Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167, algorithms 1 and 2.
/// </remarks>
/// <param name="channels">The size of axis 1.</param>
/// <param name="momentum">How far the running statistics move towards a batch's, from 0 to 1.</param>
/// <param name="epsilon">Added to the variance.</param>
public sealed class BatchNorm(int channels, float momentum = 0.1f, float epsilon = 1e-5f) : Layer
{
    /// <summary>The scale γ, <c>[channels]</c>.</summary>
    public Parameter Weight { get; } = Parameter.Ones([channels]);

    /// <summary>The shift β, <c>[channels]</c>.</summary>
    public Parameter Bias { get; } = Parameter.Zeros([channels]);

    /// <summary>The running mean, <c>[channels]</c>.</summary>
    [Buffer]
    public Tensor RunningMean { get; } = Tensor.Zeros([channels]);

    /// <summary>The running, unbiased variance, <c>[channels]</c>.</summary>
    [Buffer, StateName("running_var")]
    public Tensor RunningVariance { get; } = Tensor.Ones([channels]);

    /// <inheritdoc/>
    /// <exception cref="ShapeException">The channels differ, or training sees one value for a channel.</exception>
    public override Tensor Forward(Tensor x) => x.BatchNormalize(Weight, Bias, RunningMean, RunningVariance, Training, momentum, epsilon);
}
