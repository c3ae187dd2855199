using Gradus.Ops;

namespace Gradus.Losses;

/// <summary>The mean of -log softmax(logits)[label] over the batch: the loss of a classifier with one class for each sample.</summary>
/// <remarks>Logits <c>[batch, classes]</c>, labels <c>[batch]</c>. Bishop 2006, "Pattern Recognition and Machine Learning", equation 4.108.</remarks>
public static class CrossEntropy
{
    /// <summary>The loss, a scalar.</summary>
    /// <exception cref="ShapeException">The logits are not a matrix, or there are more or fewer labels than rows.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is not a class.</exception>
    public static Tensor Of(Tensor logits, IntTensor labels) => logits.CrossEntropy(labels);
}
