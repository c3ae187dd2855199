using Gradus.Ops;

namespace Gradus.Losses;

/// <summary>
/// 1 - (2 Σ p t + s) / (Σ p + Σ t + s) for each sample and channel, the mean of all: how little a predicted and a true region overlap,
/// whatever their share of the picture. s keeps empty regions defined.
/// </summary>
/// <remarks>
/// Probabilities and targets <c>[batch, channels, ...]</c>, the targets from 0 to 1. Milletari, Navab and Ahmadi 2016,
/// https://arxiv.org/abs/1606.04797, section 3, without the squares in the divisor; Dice 1945, "Measures of the amount of ecologic association between species".
/// </remarks>
public static class Dice
{
    /// <summary>The loss with s = 1, a scalar.</summary>
    /// <exception cref="ShapeException">The shapes differ, or have no axes behind the channels.</exception>
    public static Tensor Of(Tensor probabilities, Tensor targets) => Of(probabilities, targets, smoothing: 1);

    /// <summary>The loss, a scalar from 0 to 1.</summary>
    /// <param name="probabilities"><c>[batch, channels, ...]</c>, from 0 to 1: a sigmoid's or softmax's output.</param>
    /// <param name="targets">Of the same shape.</param>
    /// <param name="smoothing">s, at least 0.</param>
    /// <exception cref="ShapeException">The shapes differ, or have no axes behind the channels.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The smoothing is below 0.</exception>
    public static Tensor Of(Tensor probabilities, Tensor targets, float smoothing)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentOutOfRangeException.ThrowIfNegative(smoothing);
        if (probabilities.Shape != targets.Shape || probabilities.Shape.Rank < 3)
            throw new ShapeException($"the dice loss compares regions [batch, channels, ...] of one shape; got {probabilities.Shape} and {targets.Shape}");
        Tensor p = probabilities.Flatten(2), t = targets.Flatten(2);         // [batch, channels, places]
        var overlap = (p * t).Sum(2) * 2f + smoothing;                       // [batch, channels]
        return -(overlap / (p.Sum(2) + t.Sum(2) + smoothing)).Mean() + 1f;
    }
}
