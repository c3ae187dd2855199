namespace Gradus;

/// <summary>
/// A term that is added to the loss for each element of a group's parameters: its gradient joins theirs at every step, or, where it has none, it
/// takes a step of its own after theirs. One term a file: see <see cref="L1Penalty"/> and <see cref="SoftThreshold"/>.
/// </summary>
/// <remarks>As weight decay, it is added after clipping.</remarks>
public abstract class Penalty
{
    /// <summary>Adds the term's derivative to a run of elements' gradient; any threads may call it side by side.</summary>
    /// <param name="values">The elements.</param>
    /// <param name="gradient">Their gradient, as long.</param>
    protected internal abstract void AddGradient(ReadOnlySpan<float> values, Span<float> gradient);

    /// <summary>Takes the term's own step, the proximal one, on a run of elements that the optimizer has just moved; any threads may call it side by side.</summary>
    /// <remarks>w = argmin of rate · term(u) + (u - w)² / 2. Parikh and Boyd 2014, "Proximal algorithms", section 4.2.</remarks>
    /// <param name="values">The elements, changed in place.</param>
    /// <param name="learningRate">The group's step size.</param>
    protected internal virtual void Shrink(Span<float> values, float learningRate) { }
}
