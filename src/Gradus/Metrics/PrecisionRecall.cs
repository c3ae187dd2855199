using System.Numerics.Tensors;

namespace Gradus.Metrics;

/// <summary>
/// Precision, recall and F1 of each class, over all decisions (micro), and as the classes' mean (macro). For one class for each sample, and
/// for several independent yes-or-no answers.
/// </summary>
/// <remarks>Yang 1999, "An evaluation of statistical approaches to text categorization", section 3, for micro and macro.</remarks>
public sealed class PrecisionRecall
{
    private readonly ClassScore[] _scores;

    /// <summary>Nothing counted yet.</summary>
    /// <param name="classes">The number of classes, at least 1.</param>
    public PrecisionRecall(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        _scores = new ClassScore[classes];
    }

    /// <summary>The counts of one class.</summary>
    public ClassScore this[int label] => _scores[label];

    /// <summary>The counts of all classes together: frequent classes count more. With one class for each sample, its three shares are the accuracy.</summary>
    public ClassScore Micro => _scores.Aggregate((sum, score) => sum + score);

    /// <summary>The classes' mean precision, recall and F1: each class counts the same.</summary>
    public (double Precision, double Recall, double F1) Macro =>
        (_scores.Average(score => score.Precision), _scores.Average(score => score.Recall), _scores.Average(score => score.F1));

    /// <summary>Adds a batch with one class for each sample: that of the greatest output. Nothing is allocated.</summary>
    /// <param name="outputs"><c>[batch, classes]</c>, logits or probabilities.</param>
    /// <param name="labels"><c>[batch]</c>.</param>
    /// <exception cref="ShapeException">The batches differ, or the outputs have another number of classes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is not a class.</exception>
    public void Add(Tensor outputs, IntTensor labels)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(labels);
        Accuracy.Require(outputs, labels);
        int classes = _scores.Length;
        if (outputs.Shape[1] != classes) throw new ShapeException($"scores of {classes} classes need outputs [batch, {classes}]; got {outputs.Shape}");
        for (int row = 0; row < labels.Span.Length; row++)
            Add(TensorPrimitives.IndexOfMax<float>(outputs.Span.Slice(row * classes, classes)), labels.Span[row]);
    }

    /// <summary>Adds one sample with one class.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One of the two is not a class.</exception>
    public void Add(int predicted, int expected)
    {
        foreach (int label in (ReadOnlySpan<int>)[predicted, expected])
        {
            if ((uint)label >= (uint)_scores.Length) throw new ArgumentOutOfRangeException(nameof(predicted), $"class {label} is outside 0 to {_scores.Length - 1}");
        }

        if (predicted == expected)
        {
            _scores[expected] += new ClassScore(1, 0, 0);
            return;
        }

        _scores[predicted] += new ClassScore(0, 1, 0);
        _scores[expected] += new ClassScore(0, 0, 1);
    }

    /// <summary>Adds a batch of independent answers: yes where the output exceeds the threshold.</summary>
    /// <param name="outputs"><c>[batch, classes]</c>.</param>
    /// <param name="targets">1 (above 0.5) where the answer is yes, of the same shape.</param>
    /// <param name="threshold">0 for logits, 0.5 for probabilities.</param>
    /// <exception cref="ShapeException">The shapes differ, or there is another number of classes.</exception>
    public void Add(Tensor outputs, Tensor targets, float threshold)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(targets);
        if (outputs.Shape.Rank != 2 || outputs.Shape != targets.Shape || outputs.Shape[1] != _scores.Length)
            throw new ShapeException($"scores of {_scores.Length} classes need outputs and targets [batch, {_scores.Length}]; got {outputs.Shape} and {targets.Shape}");
        for (int i = 0; i < outputs.Count; i++)
        {
            bool found = outputs.Span[i] > threshold, there = targets.Span[i] > 0.5f;
            _scores[i % _scores.Length] += new ClassScore(found && there ? 1 : 0, found && !there ? 1 : 0, !found && there ? 1 : 0);
        }
    }

    /// <summary>Starts afresh.</summary>
    public void Reset() => System.Array.Clear(_scores);
}
