using System.Numerics.Tensors;

namespace Gradus.Metrics;

/// <summary>The share of samples whose greatest output is at their label: correct / count.</summary>
public sealed class Accuracy
{
    /// <summary>Samples whose greatest output was at their label.</summary>
    public long Correct { get; private set; }

    /// <summary>All samples so far.</summary>
    public long Count { get; private set; }

    /// <summary>The share of correct samples, from 0 to 1; 0 before the first.</summary>
    public double Value => Count == 0 ? 0 : (double)Correct / Count;

    /// <summary>Adds a batch; nothing is allocated.</summary>
    /// <param name="outputs"><c>[batch, classes]</c>, logits or probabilities.</param>
    /// <param name="labels"><c>[batch]</c>.</param>
    /// <exception cref="ShapeException">The batches differ, or the outputs are not a matrix.</exception>
    public void Add(Tensor outputs, IntTensor labels)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(labels);
        Require(outputs, labels);
        int classes = outputs.Shape[1];
        ReadOnlySpan<int> expected = labels.Span;
        for (int row = 0; row < expected.Length; row++)
        {
            ReadOnlySpan<float> values = outputs.Span.Slice(row * classes, classes);
            int best = TensorPrimitives.IndexOfMax(values);
            if (best == expected[row] && !float.IsNaN(values[best])) Correct++; // NaN counts as the greatest, and is never right
        }

        Count += expected.Length;
    }

    /// <summary>Starts afresh.</summary>
    public void Reset() => Restore(0, 0);

    internal void Restore(long correct, long count) => (Correct, Count) = (correct, count);

    internal static void Require(Tensor outputs, IntTensor labels)
    {
        if (outputs.Shape.Rank != 2 || outputs.Shape[0] != labels.Shape.Count)
            throw new ShapeException($"outputs [batch, classes] with one label for each row are needed; got {outputs.Shape} and {labels.Shape.Count} labels");
    }
}
