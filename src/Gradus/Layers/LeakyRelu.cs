using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>x where it is positive, slope · x elsewhere, element by element.</summary>
/// <remarks>
/// Input and output <c>[...]</c>. No parameters. Maas, Hannun and Ng 2013, "Rectifier nonlinearities improve neural network acoustic models".
/// </remarks>
/// <param name="slope">The derivative on the negative side, at least 0 and finite.</param>
public sealed class LeakyRelu(float slope = 0.01f) : Layer
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The slope is negative or not finite.</exception>
    public override Tensor Forward(Tensor x) => x.LeakyRelu(slope);
}
