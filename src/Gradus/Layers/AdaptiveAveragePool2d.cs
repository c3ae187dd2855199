using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>The means of windows that cover the picture, as many as the output has pixels, whatever the picture's size.</summary>
/// <remarks>Input <c>[n, c, h, w]</c>, output <c>[n, c, height, width]</c>. No parameters. He, Zhang, Ren and Sun 2015, https://arxiv.org/abs/1406.4729, section 2.3.</remarks>
/// <param name="size">The output's height and width.</param>
public sealed class AdaptiveAveragePool2d(Size2d size) : Layer
{
    /// <inheritdoc/>
    /// <exception cref="ShapeException">The input is not four-dimensional or has no pixel.</exception>
    public override Tensor Forward(Tensor x) => x.AdaptiveAveragePool2d(size);
}
