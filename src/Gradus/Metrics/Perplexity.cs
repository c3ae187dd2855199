namespace Gradus.Metrics;

/// <summary>
/// e to the mean of -log p(token) over all tokens: among how many equally likely tokens a language model seems to choose. A uniform guess
/// over n tokens has perplexity n.
/// </summary>
/// <remarks>Jelinek, Mercer, Bahl and Baker 1977, "Perplexity: a measure of the difficulty of speech recognition tasks".</remarks>
public sealed class Perplexity
{
    private double _nats;

    /// <summary>The tokens so far.</summary>
    public long Count { get; private set; }

    /// <summary>The mean of -log p in nats; 0 before the first token.</summary>
    public double CrossEntropy => Count == 0 ? 0 : _nats / Count;

    /// <summary>The perplexity, at least 1.</summary>
    public double Value => Math.Exp(CrossEntropy);

    /// <summary>Adds tokens by the logits that the model gave before them; nothing is allocated.</summary>
    /// <param name="logits"><c>[..., tokens]</c>.</param>
    /// <param name="labels">The tokens that came, as many as the logits have rows.</param>
    /// <param name="ignored">The label of places that do not count, such as -1.</param>
    /// <exception cref="ShapeException">There are more or fewer labels than rows.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is no token.</exception>
    public void Add(Tensor logits, IntTensor labels, int? ignored = null)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(labels);
        int tokens = logits.Shape.Rank == 0 ? 0 : logits.Shape[^1];
        if (tokens == 0 || logits.Count / tokens != labels.Span.Length)
            throw new ShapeException($"logits [..., tokens] with one label for each row are needed; got {logits.Shape} and {labels.Span.Length} labels");
        for (int row = 0; row < labels.Span.Length; row++)
        {
            int label = labels.Span[row];
            if (label == ignored) continue;
            if ((uint)label >= (uint)tokens) throw new ArgumentOutOfRangeException(nameof(labels), $"label {label} at row {row} is outside 0 to {tokens - 1}");
            var values = logits.Span.Slice(row * tokens, tokens);
            double greatest = System.Numerics.Tensors.TensorPrimitives.Max<float>(values), sum = 0;
            foreach (float value in values) sum += Math.Exp(value - greatest);
            _nats += greatest + Math.Log(sum) - values[label];
            Count++;
        }
    }

    /// <summary>Adds tokens whose mean loss is known, such as a batch's cross-entropy.</summary>
    /// <param name="meanLoss">The mean of -log p, in nats.</param>
    /// <param name="count">How many tokens it is the mean of, at least 0.</param>
    public void Add(double meanLoss, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (count == 0) return;
        _nats += meanLoss * count;
        Count += count;
    }

    /// <summary>Starts afresh.</summary>
    public void Reset() => (_nats, Count) = (0, 0);
}
