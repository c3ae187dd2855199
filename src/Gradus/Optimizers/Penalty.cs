namespace Gradus;

/// <summary>A term that is added to the loss for each element of a group's parameters; its gradient joins theirs at every step. One term a file: see <see cref="L1Penalty"/>.</summary>
/// <remarks>As weight decay, it is added after clipping.</remarks>
public abstract class Penalty
{
    /// <summary>Adds the term's derivative to a run of elements' gradient; any threads may call it side by side.</summary>
    /// <param name="values">The elements.</param>
    /// <param name="gradient">Their gradient, as long.</param>
    protected internal abstract void AddGradient(ReadOnlySpan<float> values, Span<float> gradient);
}
