namespace Gradus.Metrics;

/// <summary>The share of samples whose label is among the k greatest outputs.</summary>
/// <param name="k">How many outputs count, at least 1.</param>
public sealed class TopKAccuracy(int k)
{
    /// <summary>How many outputs count.</summary>
    public int K { get; } = k >= 1 ? k : throw new ArgumentOutOfRangeException(nameof(k), $"the label must be among at least one output; got k = {k}");

    /// <summary>Samples whose label was among the greatest.</summary>
    public long Correct { get; private set; }

    /// <summary>All samples so far.</summary>
    public long Count { get; private set; }

    /// <summary>The share of correct samples, from 0 to 1; 0 before the first.</summary>
    public double Value => Count == 0 ? 0 : (double)Correct / Count;

    /// <summary>Adds a batch; nothing is allocated. Of equal outputs the one at the smaller place counts as greater, as in <see cref="Accuracy"/>.</summary>
    /// <param name="outputs"><c>[batch, classes]</c>, logits or probabilities.</param>
    /// <param name="labels"><c>[batch]</c>, each from 0 to classes - 1.</param>
    /// <exception cref="ShapeException">The batches differ, or the outputs are not a matrix.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is not a class.</exception>
    public void Add(Tensor outputs, IntTensor labels)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(labels);
        Accuracy.Require(outputs, labels);
        int classes = outputs.Shape[1];
        for (int row = 0; row < labels.Span.Length; row++)
        {
            int label = labels.Span[row];
            if ((uint)label >= (uint)classes) throw new ArgumentOutOfRangeException(nameof(labels), $"label {label} at row {row} is outside 0 to {classes - 1}");
            if (IsAmongGreatest(outputs.Span.Slice(row * classes, classes), label)) Correct++;
        }

        Count += labels.Span.Length;
    }

    /// <summary>Starts afresh.</summary>
    public void Reset() => (Correct, Count) = (0, 0);

    private bool IsAmongGreatest(ReadOnlySpan<float> values, int label)
    {
        float own = values[label];
        int before = 0;
        for (int place = 0; place < values.Length; place++)
        {
            // NaN counts as the greatest, and is never right
            if (float.IsNaN(values[place]) || values[place] > own || (values[place] == own && place < label)) before++;
        }

        return before < K && !float.IsNaN(own);
    }
}
