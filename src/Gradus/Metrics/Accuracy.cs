using System.Numerics.Tensors;

namespace Gradus.Metrics;

/// <summary>The share of samples (of words, of pixels) whose greatest output is at their label: correct / count.</summary>
public sealed class Accuracy
{
    /// <summary>Labels at which the output was greatest.</summary>
    public long Correct { get; private set; }

    /// <summary>All labels so far, but those below 0.</summary>
    public long Count { get; private set; }

    /// <summary>The share of correct labels, from 0 to 1; 0 before the first.</summary>
    public double Value => Count == 0 ? 0 : (double)Correct / Count;

    /// <summary>Adds a batch; nothing is allocated.</summary>
    /// <param name="outputs"><c>[..., classes]</c>, logits or probabilities; or with the classes at another axis.</param>
    /// <param name="labels"><c>[...]</c>, the outputs' shape without the classes; a label below 0 is not counted.</param>
    /// <param name="classAxis">The outputs' axis of classes: -1, the last, or 1 for pictures of labels, <c>[batch, classes, height, width]</c>.</param>
    /// <exception cref="ShapeException">The labels are not one for each place of the outputs.</exception>
    public void Add(Tensor outputs, IntTensor labels, int classAxis = -1)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(labels);
        if (!Fits(outputs.Shape, labels.Shape, classAxis))
        {
            string layout = classAxis == -1 ? "[..., classes]" : $"with the classes at axis {classAxis}";
            throw new ShapeException($"outputs {layout} and labels of the same shape without the classes are needed; got {outputs.Shape} and {labels.Shape}");
        }

        var (correct, count) = CountCorrect(outputs, labels, classAxis);
        Add(correct, count);
    }

    /// <summary>Starts afresh.</summary>
    public void Reset() => Restore(0, 0);

    internal void Add(long correct, long count) => Restore(Correct + correct, Count + count);

    internal void Restore(long correct, long count) => (Correct, Count) = (correct, count);

    /// <summary>Whether the labels have the shape of the outputs without the axis of classes.</summary>
    internal static bool Fits(Shape outputs, Shape labels, int classAxis)
    {
        int axis = classAxis < 0 ? classAxis + outputs.Rank : classAxis;
        if (outputs.Rank != labels.Rank + 1 || (uint)axis >= (uint)outputs.Rank || outputs[axis] == 0) return false;
        for (int i = 0; i < labels.Rank; i++)
        {
            if (labels[i] != outputs[i < axis ? i : i + 1]) return false;
        }

        return true;
    }

    /// <summary>The numbers of one batch whose shapes fit.</summary>
    internal static (long Correct, long Count) CountCorrect(Tensor outputs, IntTensor labels, int classAxis)
    {
        var shape = outputs.Shape;
        int axis = shape.Axis(classAxis), classes = shape[axis], inner = shape.CountFrom(axis + 1);
        ReadOnlySpan<float> values = outputs.Span;
        ReadOnlySpan<int> expected = labels.Span;
        long correct = 0, count = 0;
        for (int place = 0; place < expected.Length; place++)
        {
            if (expected[place] < 0) continue;
            count++;
            var own = values[(place / inner * classes * inner + place % inner)..];
            int best = inner == 1 ? TensorPrimitives.IndexOfMax(own[..classes]) : IndexOfMax(own, classes, inner);
            if (best == expected[place] && !float.IsNaN(own[best * inner])) correct++; // NaN counts as the greatest, and is never right
        }

        return (correct, count);
    }

    internal static void Require(Tensor outputs, IntTensor labels)
    {
        if (outputs.Shape.Rank != 2 || outputs.Shape[0] != labels.Shape.Count)
            throw new ShapeException($"outputs [batch, classes] with one label for each row are needed; got {outputs.Shape} and {labels.Shape.Count} labels");
    }

    private static int IndexOfMax(ReadOnlySpan<float> values, int classes, int stride)
    {
        int best = 0;
        for (int label = 1; label < classes; label++)
        {
            float value = values[label * stride];
            if (value > values[best * stride] || float.IsNaN(value)) best = label;
        }

        return best;
    }
}
