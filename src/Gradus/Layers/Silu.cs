using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>x / (1 + e⁻ˣ), element by element; also called swish.</summary>
/// <remarks>Input and output <c>[...]</c>. No parameters. Elfwing, Uchibe and Doya 2018, https://arxiv.org/abs/1702.03118.</remarks>
public sealed class Silu : Layer
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.Silu();
}
