using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>The mean of every plane of pictures: one number for each channel, whatever the picture's size.</summary>
/// <remarks>Input <c>[n, c, h, w]</c>, output <c>[n, c]</c>. No parameters. Lin, Chen and Yan 2014, https://arxiv.org/abs/1312.4400, section 3.2.</remarks>
public sealed class GlobalAveragePool2d : Layer
{
    /// <inheritdoc/>
    /// <exception cref="ShapeException">The input is not four-dimensional.</exception>
    public override Tensor Forward(Tensor x) => x.GlobalAveragePool();
}
