using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>The mean of every window of pictures.</summary>
/// <remarks>Input <c>[n, c, h, w]</c>, output <c>[n, c, h', w']</c> with h' = (h + padding - kernel) / stride + 1, rounded down. No parameters.</remarks>
/// <param name="kernel">The window.</param>
/// <param name="stride">How far the window moves; as far as it is large if not given.</param>
/// <param name="padding">Zeros around the picture; smaller than the kernel.</param>
/// <param name="countsPadding">Whether the zeros of the padding count in the mean, as PyTorch's default does.</param>
public sealed class AveragePool2d(Size2d kernel, Size2d? stride = null, Padding2d padding = default, bool countsPadding = true) : Layer
{
    /// <inheritdoc/>
    /// <exception cref="ShapeException">The input is not four-dimensional, or smaller than the window.</exception>
    public override Tensor Forward(Tensor x) => x.AveragePool2d(kernel, stride ?? kernel, padding, countsPadding);
}
