using Gradus.Graph;
using Gradus.Ops;

namespace Gradus.Zoo;

/// <summary>
/// From one token sequence to another: an encoder reads the source, a decoder gives the target's tokens one after the other, each from the
/// source and the tokens before it. In training the decoder is told the true tokens before (teacher forcing), so that all steps
/// are one pass; <see cref="Decode"/> tells it what it has chosen.
/// </summary>
/// <remarks>
/// Sutskever, Vinyals and Le 2014, https://arxiv.org/abs/1409.3215. Three tokens of either vocabulary are reserved: <see cref="Padding"/>,
/// <see cref="Start"/> and <see cref="End"/>; <see cref="TokenPairs"/> makes batches of them. Where padding is part of a source, give lengths: without them
/// padding is read as a token like any other, in training and in use.
/// </remarks>
public abstract class SequenceToSequence : Layer
{
    /// <summary>The token that fills a sequence up behind its end; never given by <see cref="Decode"/>.</summary>
    public const int Padding = 0;

    /// <summary>The token that the decoder reads first; never given by <see cref="Decode"/>.</summary>
    public const int Start = 1;

    /// <summary>The token that ends a target.</summary>
    public const int End = 2;

    /// <summary>The first token that means what one likes.</summary>
    public const int FirstFree = 3;

    private protected SequenceToSequence(int sourceVocabulary, int vocabulary)
    {
        if (Math.Min(sourceVocabulary, vocabulary) <= FirstFree)
            throw new ArgumentOutOfRangeException(nameof(vocabulary), $"a vocabulary needs {FirstFree} reserved tokens and at least one more; got {sourceVocabulary} for the source, {vocabulary} for the target");
    }

    /// <summary>The same as <see cref="Forward(Tensor, Tensor, IntTensor?)"/> where one tensor holds both sequences, for trainers; all sources are full.</summary>
    /// <param name="x"><c>[batch, 2, time]</c>: the source, then the target from its start token on; see <see cref="TokenPairs.Joined"/>.</param>
    /// <returns><c>[batch, time, vocabulary]</c> logits.</returns>
    /// <exception cref="ShapeException">The input has another shape.</exception>
    /// <exception cref="ArgumentException">A number is not whole, or not in the vocabulary.</exception>
    public override Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Shape.Rank != 3 || x.Shape[1] != 2) throw new ShapeException($"a sequence-to-sequence model expects source and target beside each other, [batch, 2, time]; got {x.Shape}");
        var both = x.Split(2, 1);
        return Forward(both[0].Reshape(x.Shape[0], x.Shape[2]), both[1].Reshape(x.Shape[0], x.Shape[2]));
    }

    /// <summary>The logits of the token after each step of the target, from the source and the target up to it.</summary>
    /// <param name="source"><c>[batch, source time]</c>, token numbers.</param>
    /// <param name="target"><c>[batch, time]</c>, the true tokens from the start token on.</param>
    /// <param name="lengths">How many tokens of each source exist, <c>[batch]</c>, each from 1; null if all do. What stands behind does not matter.</param>
    /// <returns><c>[batch, time, vocabulary]</c>.</returns>
    /// <exception cref="ShapeException">An input has another shape.</exception>
    /// <exception cref="ArgumentException">A number is not whole or not in the vocabulary, or a length is out of range.</exception>
    public abstract Tensor Forward(Tensor source, Tensor target, IntTensor? lengths = null);

    /// <summary>Minus the logarithm of the following tokens' probability, the mean over those that exist.</summary>
    /// <param name="logits">What the model gives, <c>[batch, time, vocabulary]</c>.</param>
    /// <param name="following">The target one step later, <c>[batch, time]</c>: each token, then the end token, then -1, which does not count.</param>
    /// <exception cref="ShapeException">The shapes do not fit together.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is not in the vocabulary.</exception>
    public static Tensor Loss(Tensor logits, IntTensor following)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(following);
        if (logits.Shape.Rank != 3 || logits.Shape[0] * logits.Shape[1] != following.Shape.Count)
            throw new ShapeException($"logits [batch, time, vocabulary] need as many following tokens as steps; got {logits.Shape} and {following.Shape}");
        return logits.Reshape(-1, logits.Shape[2]).CrossEntropy(following, weights: null, ignored: TokenPairs.Nothing);
    }

    /// <summary>
    /// The best target of each source that a beam search finds; with a beam of 1, greedily the most probable token at each step. Call
    /// <see cref="Layer.Evaluate"/> before, or dropout drops here too.
    /// </summary>
    /// <param name="source"><c>[batch, source time]</c>, token numbers.</param>
    /// <param name="lengths">How many tokens of each source exist, <c>[batch]</c>, each from 1; null if all do.</param>
    /// <param name="beam">How many hypotheses are kept at each step, at least 1; an ended one keeps its place.</param>
    /// <param name="longest">After how many tokens, the end included, a target is cut off; at least 1.</param>
    /// <param name="lengthPenalty">
    /// α from 0: hypotheses are compared by log probability / ((5 + length) / 6)^α, as every further token makes a target less probable. Wu et al. 2016,
    /// https://arxiv.org/abs/1609.08144, equation 14; 0.6 is that of Vaswani et al. 2017, section 6.1.
    /// </param>
    /// <returns>A hypothesis for each source.</returns>
    /// <exception cref="ShapeException">The source has another shape.</exception>
    /// <exception cref="ArgumentException">A number is not whole or not in the vocabulary, or a length is out of range.</exception>
    public IReadOnlyList<Hypothesis> Decode(Tensor source, IntTensor? lengths = null, int beam = 1, int longest = 50, float lengthPenalty = 0.6f)
    {
        RequireTokens(source);
        using var off = GradientMode.Off();
        var search = new BeamSearch(source.Shape[0], beam, longest, lengthPenalty);
        var state = Begin(source, lengths);
        return search.Run((rows, tokens) =>
        {
            (var logits, state) = Next(state.Rows(rows), tokens);
            return logits;
        });
    }

    /// <summary>Reads the sources.</summary>
    private protected abstract DecoderState Begin(Tensor source, IntTensor? lengths);

    /// <summary>The logits <c>[rows, vocabulary]</c> of what follows one further token of each row.</summary>
    private protected abstract (Tensor Logits, DecoderState State) Next(DecoderState state, IntTensor tokens);

    private protected static void RequireTokens(Tensor tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        if (tokens.Shape.Rank != 2 || tokens.Shape[1] == 0) throw new ShapeException($"a sequence-to-sequence model expects tokens [batch, time] of at least one step; got {tokens.Shape}");
    }

    private protected static void RequireTokens(Tensor source, Tensor target)
    {
        RequireTokens(source);
        RequireTokens(target);
        if (source.Shape[0] != target.Shape[0]) throw new ShapeException($"there must be one target for each source; got targets {target.Shape} and sources {source.Shape}");
    }

    /// <summary>What a decoder knows after some tokens: a row of each tensor and a length for each hypothesis.</summary>
    private protected sealed record DecoderState(IntTensor? Lengths, params Tensor[] Tensors)
    {
        /// <summary>The state of hypotheses that continue those of these rows.</summary>
        public DecoderState Rows(IntTensor rows)
        {
            bool same = Tensors[0].Shape[0] == rows.Shape.Count;
            for (int i = 0; same && i < rows.Shape.Count; i++) same = rows.Span[i] == i;
            if (same) return this;
            var lengths = Lengths is null ? null : new IntTensor(Array.ConvertAll(rows.Span.ToArray(), row => Lengths.Span[row]));
            return new DecoderState(lengths, Array.ConvertAll(Tensors, tensor => tensor.Gather(0, rows)));
        }
    }
}
