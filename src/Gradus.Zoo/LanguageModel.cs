using Gradus.Layers;
using Gradus.Ops;
using Dropout = Gradus.Layers.Dropout;

namespace Gradus.Zoo;

/// <summary>
/// A language model: at each step, the logits of the token that follows. Token vectors and learned positions, causal Transformer layers that normalise
/// first, a last norm, and the token vectors once more as the output's weights.
/// </summary>
/// <remarks>
/// Input <c>[batch, time]</c>, token numbers as floats; output <c>[batch, time, vocabulary]</c>. Radford et al. 2019, "Language models are
/// unsupervised multitask learners", section 2.3; shared weights: Press and Wolf 2017, https://arxiv.org/abs/1608.05859.
/// </remarks>
public sealed class LanguageModel : Layer
{
    private readonly Embedding _tokens;
    private readonly LearnedPositions _positions;
    private readonly Dropout _dropout;
    private readonly TransformerEncoderLayer[] _layers;
    private readonly LayerNorm _norm;

    /// <summary>A language model.</summary>
    /// <param name="vocabulary">How many tokens there are, at least 1.</param>
    /// <param name="length">How many tokens it sees at most, at least 1.</param>
    /// <param name="width">Features of a token; the layers' hidden features are four times as many.</param>
    /// <param name="heads">Heads of the attention; a divisor of the width.</param>
    /// <param name="layers">Layers one above the other, at least 1.</param>
    /// <param name="dropout">The probability with which training drops, from 0 to below 1.</param>
    /// <param name="random">Where the parameters' first values and dropout come from.</param>
    public LanguageModel(int vocabulary, int length, int width, int heads, int layers, float dropout = 0.1f, RandomSource? random = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(layers, 1);
        random ??= new RandomSource(1);
        _tokens = new Embedding(vocabulary, width, random: random);
        random.Normal(_tokens.Weight.Span, 0, 0.02f); // as output weights they must give small logits at first
        _positions = new LearnedPositions(length, width, random);
        _dropout = new Dropout(dropout, random);
        _layers = [.. Enumerable.Range(0, layers).Select(_ => new TransformerEncoderLayer(width, heads, 4 * width, dropout, normFirst: true, gelu: true, random: random))];
        _norm = new LayerNorm(width);
    }

    /// <summary>The logits of the token after each step, from the tokens up to it.</summary>
    /// <param name="x"><c>[batch, time]</c>, token numbers.</param>
    /// <returns><c>[batch, time, vocabulary]</c>.</returns>
    /// <exception cref="ShapeException">The input has another shape, or more steps than the model sees.</exception>
    /// <exception cref="ArgumentException">A number is not whole, or not in the vocabulary.</exception>
    public override Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Shape.Rank != 2) throw new ShapeException($"a language model expects tokens [batch, time]; got {x.Shape}");
        x = _dropout.Forward(_positions.Forward(_tokens.Forward(x)));   // [n, time, width]
        foreach (var layer in _layers) x = layer.Forward(x, causal: true);
        return _norm.Forward(x).Linear(_tokens.Weight, bias: null);     // [n, time, vocabulary]
    }

    /// <summary>Minus the logarithm of the following tokens' probability, the mean over all steps: its exponential is the perplexity.</summary>
    /// <param name="logits">What <see cref="Forward"/> gives, <c>[batch, time, vocabulary]</c>.</param>
    /// <param name="following">The tokens one step later, <c>[batch, time]</c>.</param>
    /// <exception cref="ShapeException">The shapes do not fit together.</exception>
    public static Tensor Loss(Tensor logits, IntTensor following)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(following);
        if (logits.Shape.Rank != 3 || logits.Shape.Count / Math.Max(1, logits.Shape[2]) != following.Shape.Count)
            throw new ShapeException($"logits [batch, time, vocabulary] need as many following tokens as steps; got {logits.Shape} and {following.Shape}");
        return logits.Reshape(-1, logits.Shape[2]).CrossEntropy(following);
    }
}
