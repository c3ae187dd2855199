using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2, element by element: the approximation of <see cref="Gelu"/> that GPT-2 uses.</summary>
/// <remarks>Input and output <c>[...]</c>. No parameters. Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415, section 2.</remarks>
public sealed class GeluTanh : Layer
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.GeluTanh();
}
