using Gradus.Initializers;
using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>A linear layer, also called dense or fully connected: y = x Wᵀ + b over the last axis.</summary>
/// <remarks>
/// Input <c>[..., in]</c>, output <c>[..., out]</c>. Parameters: weight <c>[out, in]</c>, normal by <see cref="He"/>; bias <c>[out]</c> = 0.
/// </remarks>
public sealed class Linear : Layer
{
    /// <summary>A linear layer.</summary>
    /// <param name="inputs">The size of the input's last axis, at least 1.</param>
    /// <param name="outputs">The size of the output's last axis, at least 1.</param>
    /// <param name="bias">Whether to add a bias.</param>
    /// <param name="random">Where the weight's first values come from.</param>
    public Linear(int inputs, int outputs, bool bias = true, RandomSource? random = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        Weight = Parameter.Zeros([outputs, inputs]);
        Bias = bias ? Parameter.Zeros([outputs]) : null;
        He.Normal(Weight, random ?? DefaultRandom.Next());
    }

    /// <summary>W, <c>[out, in]</c>.</summary>
    public Parameter Weight { get; }

    /// <summary>b, <c>[out]</c>; null if the layer has none.</summary>
    public Parameter? Bias { get; }

    /// <inheritdoc/>
    /// <exception cref="ShapeException">The input's last axis is not <c>in</c>.</exception>
    public override Tensor Forward(Tensor x) => x.Linear(Weight, Bias);
}
