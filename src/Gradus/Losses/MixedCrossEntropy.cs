using Gradus.Ops;

namespace Gradus.Losses;

/// <summary>The mean of -share · log softmax(logits)[first] - (1 - share) · log softmax(logits)[second]: the loss of samples mixed of two.</summary>
/// <remarks>
/// Logits <c>[batch, classes]</c>, labels <c>[batch, 3]</c>: see <see cref="Ops.MixedLabel"/>. Labels <c>[batch]</c> give the plain
/// <see cref="CrossEntropy"/>, so that one loss serves training with mixed samples and validation without.
/// Zhang, Cisse, Dauphin and Lopez-Paz 2018, https://arxiv.org/abs/1710.09412, section 2.
/// </remarks>
public static class MixedCrossEntropy
{
    /// <summary>The loss, a scalar.</summary>
    /// <exception cref="ShapeException">The logits are not a matrix, or the labels do not match.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is not a class, or a share is not from 0 to 1.</exception>
    public static Tensor Of(Tensor logits, IntTensor labels) =>
        labels.Shape.Rank == 1 ? logits.CrossEntropy(labels) : logits.MixedCrossEntropy(labels);
}
