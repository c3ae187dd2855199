using Gradus.Graph;

namespace Gradus.Ops;

/// <summary>
/// A function of one or two tensors whose every element depends on one element of each only. It says what it computes over spans; where
/// the spans lie is its caller's business: whole tensors, or the pieces that an <see cref="Chains.ElementwiseChain"/> walks through.
/// </summary>
internal abstract class ElementwiseOperation(Reads backwardReads) : Operation
{
    /// <summary>What the derivative reads.</summary>
    protected Reads BackwardReads => backwardReads;

    /// <summary>True if the derivative reads the inputs.</summary>
    internal bool ReadsInputs => (backwardReads & Reads.Inputs) != 0; // HasFlag boxes until the code is optimised

    /// <summary>True if the derivative reads the output.</summary>
    internal bool ReadsOutput => (backwardReads & Reads.Outputs) != 0;

    /// <summary>
    /// True if an element costs some ten additions, as exponentials do: a chain then keeps the result for backward, which takes less time
    /// than to compute it again.
    /// </summary>
    internal virtual bool IsCostly => false;

    /// <summary>y = f(a, b), or f(a) with an empty b.</summary>
    internal abstract void Map(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y);

    /// <summary>
    /// The gradient with respect to a (which = 0) or b (which = 1), from dy and from a and b, or y, whichever the derivative reads; the
    /// others are empty.
    /// </summary>
    internal abstract void Derive(
        int which, ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> gradient);
}
