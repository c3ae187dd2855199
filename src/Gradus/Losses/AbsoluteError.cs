using Gradus.Ops;

namespace Gradus.Losses;

/// <summary>The mean of |prediction - target| over all elements, also called L1: the loss of a regression whose noise has rare large values.</summary>
/// <remarks>Prediction and target of one shape <c>[...]</c>. Bishop 2006, "Pattern Recognition and Machine Learning", section 1.5.5, with q = 1.</remarks>
public static class AbsoluteError
{
    /// <summary>The loss, a scalar.</summary>
    /// <exception cref="ShapeException">The shapes differ, or there is no element.</exception>
    public static Tensor Of(Tensor prediction, Tensor target) => prediction.AbsoluteError(target);
}
