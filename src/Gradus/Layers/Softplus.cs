using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>log(1 + eˣ), element by element: ReLU with a round corner, always positive.</summary>
/// <remarks>
/// Input and output <c>[...]</c>. No parameters. Dugas, Bengio, Bélisle, Nadeau and Garcia 2001, "Incorporating second-order functional
/// knowledge for better option pricing".
/// </remarks>
public sealed class Softplus : Layer
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.Softplus();
}
