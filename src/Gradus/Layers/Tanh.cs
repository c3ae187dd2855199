using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>The hyperbolic tangent, element by element.</summary>
/// <remarks>Input and output <c>[...]</c>. No parameters. Output in (-1, 1).</remarks>
public sealed class Tanh : Layer
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.Tanh();
}
