using Gradus.Ops;

namespace Gradus.Losses;

/// <summary>
/// The mean over all elements of -α (1 - p)^γ log p for true targets and -(1 - α) p^γ log(1 - p) for false ones, p = σ(logit):
/// cross-entropy for rare positives, where the many easy negatives count little.
/// </summary>
/// <remarks>Logits and targets of one shape <c>[...]</c>, targets from 0 to 1. Lin et al. 2017, https://arxiv.org/abs/1708.02002, equation 5.</remarks>
public static class Focal
{
    /// <summary>The loss with the paper's gamma = 2 and alpha = 0.25, a scalar.</summary>
    /// <exception cref="ShapeException">The shapes differ, or there is no element.</exception>
    public static Tensor Of(Tensor logits, Tensor targets) => logits.FocalLoss(targets);

    /// <summary>The loss, a scalar.</summary>
    /// <param name="logits">Of any shape.</param>
    /// <param name="targets">From 0 to 1, of the same shape.</param>
    /// <param name="gamma">How little the certain counts, at least 0.</param>
    /// <param name="alpha">The weight of true targets, from 0 to 1.</param>
    /// <exception cref="ShapeException">The shapes differ, or there is no element.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Gamma is below 0, or alpha outside 0 to 1.</exception>
    public static Tensor Of(Tensor logits, Tensor targets, float gamma, float alpha) => logits.FocalLoss(targets, gamma, alpha);
}
