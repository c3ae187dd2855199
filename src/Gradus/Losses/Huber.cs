using Gradus.Ops;

namespace Gradus.Losses;

/// <summary>
/// The mean over all elements of d² / 2 near the target and delta · |d| - delta² / 2 beyond a distance of delta: squared error that an
/// outlier cannot pull far. With delta = 1 it is also called smooth L1.
/// </summary>
/// <remarks>Prediction and target of one shape <c>[...]</c>. Huber 1964, "Robust estimation of a location parameter".</remarks>
public static class Huber
{
    /// <summary>The loss with delta = 1, a scalar.</summary>
    /// <exception cref="ShapeException">The shapes differ, or there is no element.</exception>
    public static Tensor Of(Tensor prediction, Tensor target) => prediction.Huber(target);

    /// <summary>The loss, a scalar.</summary>
    /// <param name="prediction">Of any shape.</param>
    /// <param name="target">Of the same shape.</param>
    /// <param name="delta">Where the one becomes the other, above 0.</param>
    /// <exception cref="ShapeException">The shapes differ, or there is no element.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Delta is not a positive number.</exception>
    public static Tensor Of(Tensor prediction, Tensor target, float delta) => prediction.Huber(target, delta);
}
