using Gradus.Ops;

namespace Gradus.Losses;

/// <summary>The loss of support vector machines: 0 for what is right by a margin, and growing with the distance from it.</summary>
/// <remarks>
/// Cortes and Vapnik 1995, "Support-vector networks", equation 22; for several classes Weston and Watkins 1999, "Support vector machines
/// for multi-class pattern recognition", equation 4.
/// </remarks>
public static class Hinge
{
    /// <summary>The mean of max(0, 1 - target · score) over all elements, a scalar.</summary>
    /// <param name="scores">Of any shape.</param>
    /// <param name="targets">-1 or 1, of the same shape.</param>
    /// <exception cref="ShapeException">The shapes differ, or there is no element.</exception>
    public static Tensor Of(Tensor scores, Tensor targets) => scores.Hinge(targets);

    /// <summary>The mean over the batch of Σⱼ max(0, margin + score[j] - score[label]), j over the other classes; a scalar.</summary>
    /// <param name="scores"><c>[batch, classes]</c>.</param>
    /// <param name="labels"><c>[batch]</c>.</param>
    /// <param name="margin">By how much the label's score is to be the greatest.</param>
    /// <exception cref="ShapeException">The scores are not a matrix, or there are more or fewer labels than rows.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is not a class.</exception>
    public static Tensor Of(Tensor scores, IntTensor labels, float margin = 1) => scores.MultiClassHinge(labels, margin);
}
