using System.Numerics.Tensors;

namespace Gradus.Metrics;

/// <summary>How often each class was taken for each other: rows are the labels, columns the predictions.</summary>
public sealed class ConfusionMatrix
{
    private readonly long[] _counts;

    /// <summary>An empty matrix.</summary>
    /// <param name="classes">The number of classes, at least 1.</param>
    public ConfusionMatrix(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        Classes = classes;
        _counts = new long[checked(classes * classes)];
    }

    /// <summary>The number of classes.</summary>
    public int Classes { get; }

    /// <summary>How many samples of one class were taken for another, or for itself.</summary>
    public long this[int label, int prediction] => _counts[label * Classes + prediction];

    /// <summary>All samples so far.</summary>
    public long Total => TensorPrimitives.Sum<long>(_counts);

    /// <summary>The share of samples on the diagonal, from 0 to 1; 0 before the first.</summary>
    public double Accuracy
    {
        get
        {
            long correct = 0;
            for (int i = 0; i < Classes; i++) correct += this[i, i];
            return Share(correct, Total);
        }
    }

    /// <summary>Of the samples taken for a class, the share that belongs to it; 0 if there are none.</summary>
    public double Precision(int predicted)
    {
        long all = 0;
        for (int label = 0; label < Classes; label++) all += this[label, predicted];
        return Share(this[predicted, predicted], all);
    }

    /// <summary>Of a class's samples, the share that was found; 0 if there are none.</summary>
    public double Recall(int label) => Share(this[label, label], TensorPrimitives.Sum<long>(_counts.AsSpan(label * Classes, Classes)));

    /// <summary>The harmonic mean of precision and recall.</summary>
    public double F1(int label) => Precision(label) + Recall(label) is > 0 and var sum ? 2 * Precision(label) * Recall(label) / sum : 0;

    /// <summary>Adds a batch; nothing is allocated.</summary>
    /// <param name="outputs"><c>[batch, classes]</c>, logits or probabilities.</param>
    /// <param name="labels"><c>[batch]</c>.</param>
    /// <exception cref="ShapeException">The batches differ, or the outputs have another number of classes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is not a class.</exception>
    public void Add(Tensor outputs, IntTensor labels)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(labels);
        Metrics.Accuracy.Require(outputs, labels);
        if (outputs.Shape[1] != Classes) throw new ShapeException($"a confusion matrix of {Classes} classes needs outputs [batch, {Classes}]; got {outputs.Shape}");
        ReadOnlySpan<float> values = outputs.Span;
        ReadOnlySpan<int> expected = labels.Span;
        for (int row = 0; row < expected.Length; row++)
        {
            int label = expected[row];
            if ((uint)label >= (uint)Classes) throw new ArgumentOutOfRangeException(nameof(labels), $"label {label} at row {row} is outside 0 to {Classes - 1}");
            _counts[label * Classes + TensorPrimitives.IndexOfMax(values.Slice(row * Classes, Classes))]++;
        }
    }

    private static double Share(long part, long all) => all == 0 ? 0 : (double)part / all;
}
