using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>x where it is positive, α (eˣ - 1) elsewhere, element by element.</summary>
/// <remarks>Input and output <c>[...]</c>. No parameters. Clevert, Unterthiner and Hochreiter 2016, https://arxiv.org/abs/1511.07289.</remarks>
/// <param name="alpha">Minus the limit far on the negative side, at least 0 and finite.</param>
public sealed class Elu(float alpha = 1) : Layer
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">α is negative or not finite.</exception>
    public override Tensor Forward(Tensor x) => x.Elu(alpha);
}
