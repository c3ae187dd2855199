using Gradus.Graph;
using Gradus.Kernels.Convolution;

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
    internal bool ReadsInputs => backwardReads.HasFlag(Reads.Inputs);

    /// <summary>True if the derivative reads the output.</summary>
    internal bool ReadsOutput => backwardReads.HasFlag(Reads.Outputs);

    /// <summary>
    /// True if an element costs some ten additions, as exponentials do: a chain then keeps the result for backward, which takes less time
    /// than to compute it again.
    /// </summary>
    internal virtual bool IsCostly => false;

    /// <summary>
    /// False if the function or its derivative may be infinite or NaN at 0. Blocked layouts pad channels with zeros, and a convolution's
    /// zero weights hide whatever finite numbers become of these, but not NaN.
    /// </summary>
    internal virtual bool IsFinite => true;

    /// <summary>True if the operation may run over blocks of activations of this shape.</summary>
    private protected bool CanRunOverBlocks(Shape x) => IsFinite || (x.Rank > 1 && x[1] % Blocked.Lanes == 0);

    /// <summary>y = f(a, b), or f(a) with an empty b.</summary>
    internal abstract void Map(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y);

    /// <summary>
    /// The gradient with respect to a (which = 0) or b (which = 1), from dy and from a and b, or y, whichever the derivative reads; the
    /// others are empty.
    /// </summary>
    internal abstract void Derive(
        int which, ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> gradient);
}
