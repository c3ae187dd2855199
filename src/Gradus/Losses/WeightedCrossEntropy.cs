using Gradus.Ops;

namespace Gradus.Losses;

/// <summary>
/// Cross-entropy in which classes count differently (rare ones more), some rows not at all (padding), and a share of each target is spread
/// over all classes, so that the model is never quite certain.
/// </summary>
/// <remarks>
/// Logits <c>[batch, classes]</c>, labels <c>[batch]</c>. Szegedy et al. 2016, https://arxiv.org/abs/1512.00567, section 7. Fit for a
/// trainer: <c>(logits, labels) => WeightedCrossEntropy.Of(logits, labels, smoothing: 0.1f)</c>.
/// </remarks>
public static class WeightedCrossEntropy
{
    /// <summary>The loss, a scalar; NaN if no row counts.</summary>
    /// <param name="logits"><c>[batch, classes]</c>.</param>
    /// <param name="labels"><c>[batch]</c>, each from 0 to classes - 1, or <paramref name="ignored"/>.</param>
    /// <param name="weights"><c>[classes]</c>: how much each class counts; null if all count 1.</param>
    /// <param name="smoothing">The share of the target that all classes have alike, from 0 to 1.</param>
    /// <param name="ignored">The label of rows that do not count, such as -1; null if all do.</param>
    /// <exception cref="ShapeException">The shapes do not fit together.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is not a class, or the smoothing is outside 0 to 1.</exception>
    public static Tensor Of(Tensor logits, IntTensor labels, Tensor? weights = null, float smoothing = 0, int? ignored = null) =>
        logits.CrossEntropy(labels, weights, smoothing, ignored);
}
