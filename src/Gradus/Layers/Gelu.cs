using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>x Φ(x) with the normal distribution function Φ, element by element.</summary>
/// <remarks>Input and output <c>[...]</c>. No parameters. Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415.</remarks>
public sealed class Gelu : Layer
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.Gelu();
}
