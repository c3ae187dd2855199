using Gradus.Ops;

namespace Gradus.Losses;

/// <summary>
/// The mean of -t log σ(z) - (1 - t) log(1 - σ(z)) over all elements: the loss of independent yes-or-no answers. It takes the
/// logits z, because σ(z) itself loses all digits where it comes near 1.
/// </summary>
/// <remarks>Logits and targets of one shape <c>[...]</c>, targets from 0 to 1. Bishop 2006, "Pattern Recognition and Machine Learning", equation 4.90.</remarks>
public static class BinaryCrossEntropy
{
    /// <summary>The loss, a scalar.</summary>
    /// <exception cref="ShapeException">The shapes differ, or there is no element.</exception>
    public static Tensor Of(Tensor logits, Tensor targets) => logits.BinaryCrossEntropyWithLogits(targets);
}
