using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>max(x, 0), element by element.</summary>
/// <remarks>Input and output <c>[...]</c>. No parameters. Nair and Hinton 2010, "Rectified linear units improve restricted Boltzmann machines".</remarks>
public sealed class Relu : Layer
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.Relu();
}
