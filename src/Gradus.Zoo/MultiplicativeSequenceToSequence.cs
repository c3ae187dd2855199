using Gradus.Layers;
using Gradus.Ops;
using Dropout = Gradus.Layers.Dropout;
using Linear = Gradus.Layers.Linear;

namespace Gradus.Zoo;

/// <summary>
/// Sequence to sequence with multiplicative attention. The decoder's LSTM reads the target, each of its states h asks the encoder's, and
/// what it gets makes with it the attentional state tanh(W [c; h]), from which the logits come.
/// </summary>
/// <remarks>
/// Luong, Pham and Manning 2015, https://arxiv.org/abs/1508.04025, sections 3 and 3.1 (global attention), equations 5 to 8, without input feeding: the LSTM does
/// not depend on the attention, so that it runs over the whole target at once. It begins with the encoder's last states; those of an encoder's two
/// directions stand beside each other.
/// </remarks>
public sealed class MultiplicativeSequenceToSequence : SequenceToSequence
{
    private readonly Embedding _sourceTokens, _tokens;
    private readonly Dropout _dropout;
    private readonly Lstm _encoder, _decoder;
    private readonly MultiplicativeAttention _attention;
    private readonly Linear _combine, _classify;
    private readonly int _layers;

    /// <summary>A model with multiplicative attention.</summary>
    /// <param name="sourceVocabulary">Tokens of the source, the reserved ones included.</param>
    /// <param name="vocabulary">Tokens of the target, the reserved ones included.</param>
    /// <param name="width">Features of a token, at least 1.</param>
    /// <param name="hidden">Hidden units of a layer of the decoder, and of the encoder, where both directions share them; at least 1.</param>
    /// <param name="layers">Layers of each of the two LSTMs, at least 1.</param>
    /// <param name="bidirectional">Whether the encoder also reads from the last token to the first.</param>
    /// <param name="general">A matrix between the states that are multiplied; without it, the form called dot.</param>
    /// <param name="dropout">The probability with which training drops features of tokens and of attentional states, from 0 to below 1.</param>
    /// <param name="random">Where the parameters' first values and dropout come from.</param>
    /// <exception cref="ArgumentException">The encoder has two directions and the hidden units are odd.</exception>
    public MultiplicativeSequenceToSequence(
        int sourceVocabulary, int vocabulary, int width, int hidden, int layers = 1, bool bidirectional = false, bool general = true, float dropout = 0.2f, RandomSource? random = null)
        : base(sourceVocabulary, vocabulary)
    {
        int directions = bidirectional ? 2 : 1;
        if (hidden % directions != 0) throw new ArgumentException($"two directions cannot share {hidden} hidden units: their number must be even", nameof(hidden));
        random ??= new RandomSource(1);
        _layers = layers;
        _sourceTokens = new Embedding(sourceVocabulary, width, random: random);
        _tokens = new Embedding(vocabulary, width, random: random);
        _dropout = new Dropout(dropout, random);
        _encoder = new Lstm(width, hidden / directions, layers, bidirectional, random: random);
        _decoder = new Lstm(width, hidden, layers, random: random);
        _attention = new MultiplicativeAttention(hidden, hidden, general, random);
        _combine = new Linear(2 * hidden, hidden, bias: false, random);
        _classify = new Linear(hidden, vocabulary, random: random);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor source, Tensor target, IntTensor? lengths = null)
    {
        RequireTokens(source, target);
        var (memory, hidden, cell) = Encode(source, lengths);
        var (states, _, _) = _decoder.Run(Words(target), initial: (hidden, cell));  // [n, time, hidden]
        return Attend(states, memory, lengths);                                     // [n, time, vocabulary]
    }

    /// <summary>How much each step of the target attends to each token of the source, to look at: 0 behind the source's end.</summary>
    /// <param name="source"><c>[batch, source time]</c>, token numbers.</param>
    /// <param name="target"><c>[batch, time]</c>, the tokens from the start token on.</param>
    /// <param name="lengths">How many tokens of each source exist, <c>[batch]</c>; null if all do.</param>
    /// <returns><c>[batch, time, source time]</c>; row i belongs to the token that follows step i.</returns>
    /// <exception cref="ShapeException">An input has another shape.</exception>
    /// <exception cref="ArgumentException">A number is not whole or not in the vocabulary, or a length is out of range.</exception>
    public Tensor Alignment(Tensor source, Tensor target, IntTensor? lengths = null)
    {
        RequireTokens(source, target);
        var (memory, hidden, cell) = Encode(source, lengths);
        return _attention.Weights(_decoder.Run(Words(target), initial: (hidden, cell)).Sequence, memory, lengths);
    }

    // memory [n, source time, hidden], hidden states and cells [n, layers, hidden]
    private protected override DecoderState Begin(Tensor source, IntTensor? lengths)
    {
        RequireTokens(source);
        var (memory, hidden, cell) = Encode(source, lengths);
        return new DecoderState(lengths, memory, hidden.Permute(1, 0, 2), cell.Permute(1, 0, 2));
    }

    private protected override (Tensor Logits, DecoderState State) Next(DecoderState state, IntTensor tokens)
    {
        var word = _tokens.Forward(tokens).Reshape(tokens.Shape.Count, 1, -1);      // [n, 1, width]
        var (step, hidden, cell) = _decoder.Run(word, initial: (state.Tensors[1].Permute(1, 0, 2), state.Tensors[2].Permute(1, 0, 2)));
        var next = new DecoderState(state.Lengths, state.Tensors[0], hidden.Permute(1, 0, 2), cell.Permute(1, 0, 2));
        return (Attend(step, state.Tensors[0], state.Lengths).Flatten(), next);
    }

    private Tensor Words(Tensor target) => _dropout.Forward(_tokens.Forward(target)); // [n, time, width]

    private (Tensor Memory, Tensor Hidden, Tensor Cell) Encode(Tensor source, IntTensor? lengths)
    {
        var (memory, hidden, cell) = _encoder.Run(_dropout.Forward(_sourceTokens.Forward(source)), lengths);
        return (memory, Beside(hidden), Beside(cell));
    }

    private Tensor Beside(Tensor states)                                            // [layers · directions, n, units]
    {
        if (states.Shape[0] == _layers) return states;
        var (batch, units) = (states.Shape[1], states.Shape[2]);
        return states.Reshape(_layers, 2, batch, units).Permute(0, 2, 1, 3).Reshape(_layers, batch, 2 * units);
    }

    private Tensor Attend(Tensor states, Tensor memory, IntTensor? lengths)
    {
        var context = _attention.Forward(states, memory, lengths);                  // [n, time, hidden]
        var attentional = _combine.Forward(Tensor.Concat(2, context, states)).Tanh();
        return _classify.Forward(_dropout.Forward(attentional));                    // [n, time, vocabulary]
    }
}
