using Gradus.Ops;

namespace Gradus.Losses;

/// <summary>The mean of (prediction - target)² over all elements: the loss of a regression with normal noise.</summary>
/// <remarks>Prediction and target of one shape <c>[...]</c>. Bishop 2006, "Pattern Recognition and Machine Learning", equation 3.12.</remarks>
public static class MeanSquaredError
{
    /// <summary>The loss, a scalar.</summary>
    /// <exception cref="ShapeException">The shapes differ, or there is no element.</exception>
    public static Tensor Of(Tensor prediction, Tensor target) => prediction.MeanSquaredError(target);
}
