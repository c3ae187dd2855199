using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>The logistic function 1 / (1 + e⁻ˣ), element by element.</summary>
/// <remarks>Input and output <c>[...]</c>. No parameters. Output in (0, 1).</remarks>
public sealed class Sigmoid : Layer
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.Sigmoid();
}
