namespace Gradus;

/// <summary>A set of weights that a unit may have; after every step each unit is put back into it. One set a file: see <see cref="MaxNorm"/>.</summary>
/// <remarks>
/// A unit is what feeds one output: a row of <c>[out, in]</c>, a window of <c>[out, in / groups, height, width]</c>. Parameters of
/// fewer than two axes, such as biases, are left alone.
/// </remarks>
public abstract class Constraint
{
    /// <summary>Moves one unit's weights to the nearest allowed place; any threads may call it side by side.</summary>
    /// <param name="unit">The weights, changed in place.</param>
    protected internal abstract void Project(Span<float> unit);
}
