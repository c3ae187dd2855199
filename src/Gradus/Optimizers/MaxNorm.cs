using System.Numerics.Tensors;

namespace Gradus;

/// <summary>‖w‖₂ ≤ limit for the weights of each unit: longer ones are scaled back to the limit.</summary>
/// <remarks>Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov 2014, "Dropout: a simple way to prevent neural networks from overfitting", section 5.1.</remarks>
public sealed class MaxNorm : Constraint
{
    private readonly float _limit;

    /// <summary>A bound on each unit's weights.</summary>
    /// <param name="limit">The greatest norm, above 0; the paper has 3 to 4.</param>
    public MaxNorm(float limit)
    {
        if (!(limit > 0)) throw new ArgumentOutOfRangeException(nameof(limit), limit, "a norm's limit is above 0");
        _limit = limit;
    }

    /// <inheritdoc/>
    protected internal override void Project(Span<float> unit)
    {
        float norm = TensorPrimitives.Norm<float>(unit);
        if (norm > _limit) TensorPrimitives.Multiply(unit, _limit / norm, unit);
    }
}
