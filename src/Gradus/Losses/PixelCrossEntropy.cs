using Gradus.Ops;

namespace Gradus.Losses;

/// <summary>The mean of -log softmax(logits)[label] over all pixels with a label: the loss of a network that labels every pixel.</summary>
/// <remarks>
/// Logits <c>[batch, classes, ...]</c>, such as <c>[batch, classes, height, width]</c>; labels <c>[batch, ...]</c>, from 0 to classes - 1, or -1
/// where a pixel does not count. Long, Shelhamer and Darrell 2015, https://arxiv.org/abs/1411.4038, section 3.
/// </remarks>
public static class PixelCrossEntropy
{
    private const int Ignored = -1;

    /// <summary>The loss, a scalar; NaN if no pixel counts.</summary>
    /// <exception cref="ShapeException">The labels are not one for each pixel of the logits.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is neither a class nor -1.</exception>
    public static Tensor Of(Tensor logits, IntTensor labels) => Of(logits, labels, weights: null);

    /// <summary>The loss where classes count differently.</summary>
    /// <param name="logits"><c>[batch, classes, ...]</c>.</param>
    /// <param name="labels"><c>[batch, ...]</c>; -1 does not count.</param>
    /// <param name="weights"><c>[classes]</c>: how much each class counts; null if all count 1.</param>
    /// <exception cref="ShapeException">The labels are not one for each pixel of the logits.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is neither a class nor -1.</exception>
    public static Tensor Of(Tensor logits, IntTensor labels, Tensor? weights)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(labels);
        var shape = logits.Shape;
        if (!Metrics.Accuracy.Fits(shape, labels.Shape, classAxis: 1))
            throw new ShapeException($"logits [batch, classes, ...] need labels [batch, ...], one for each pixel; got {shape} and {labels.Shape}");
        int[] classesLast = [0, .. Enumerable.Range(2, shape.Rank - 2), 1];
        return logits.Permute(classesLast).Reshape(-1, shape[1]).CrossEntropy(labels, weights, smoothing: 0, Ignored);
    }
}
