using Gradus.Ops;

namespace Gradus.Losses;

/// <summary>
/// The mean over pairs of d² / 2 where both are of one kind and max(0, margin - d)² / 2 where they are not, d their distance: pairs of
/// one kind attract, others repel each other up to the margin.
/// </summary>
/// <remarks>
/// Embeddings <c>[pairs, features]</c> twice, flags <c>[pairs]</c>. Hadsell, Chopra and LeCun 2006, "Dimensionality reduction by learning an
/// invariant mapping", equation 4.
/// </remarks>
public static class Contrastive
{
    /// <summary>The loss, a scalar.</summary>
    /// <param name="a"><c>[pairs, features]</c>.</param>
    /// <param name="b">Of the same shape.</param>
    /// <param name="alike"><c>[pairs]</c>: not 0 where both are of one kind.</param>
    /// <param name="margin">The distance from which on different ones are far enough apart, above 0.</param>
    /// <exception cref="ShapeException">The shapes do not fit together.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The margin is not a positive number.</exception>
    public static Tensor Of(Tensor a, Tensor b, IntTensor alike, float margin = 1) => a.ContrastivePairs(b, alike, margin);
}
