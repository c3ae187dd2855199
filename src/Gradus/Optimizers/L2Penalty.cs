using System.Numerics.Tensors;

namespace Gradus;

/// <summary>λ/2 Σ w², which keeps weights small; its derivative is λ w.</summary>
/// <remarks>
/// Krogh and Hertz 1991, "A simple weight decay can improve generalization", equation 2. For <see cref="Sgd"/> it is the same as
/// <see cref="ParameterGroup.WeightDecay"/>; beside the decoupled decay of <see cref="AdamW"/> it is a term of its own.
/// </remarks>
/// <param name="strength">λ, at least 0.</param>
public sealed class L2Penalty(float strength) : Penalty
{
    /// <inheritdoc/>
    protected internal override void AddGradient(ReadOnlySpan<float> values, Span<float> gradient) =>
        TensorPrimitives.MultiplyAdd(values, strength, gradient, gradient);
}
