using Gradus.Layers;
using Gradus.Ops;
using Dropout = Gradus.Layers.Dropout;
using Linear = Gradus.Layers.Linear;

namespace Gradus.Zoo;

/// <summary>
/// Sequence to sequence with additive attention. At each step the decoder's state before it asks the encoder's states, and what it gets is read
/// together with the last token: context c[i] from s[i-1], s[i] = LSTM(s[i-1], [y[i-1]; c[i]]), logits from s[i], y[i-1] and c[i] through
/// a maxout layer.
/// </summary>
/// <remarks>
/// Bahdanau, Cho and Bengio 2015, https://arxiv.org/abs/1409.0473, equations 4 to 6 and appendix A, with LSTMs in place of gated units. The decoder goes step
/// by step, as there: what does not feed the next step (the memory's projection, the token vectors, the way to the logits) is computed for all steps at
/// once. The first state is tanh(W h) of the backward encoder's at the first token (A.2.2), the first cell 0.
/// </remarks>
public sealed class AdditiveSequenceToSequence : SequenceToSequence
{
    private readonly Embedding _sourceTokens, _tokens;
    private readonly Dropout _dropout;
    private readonly Lstm _encoder, _decoder;
    private readonly AdditiveAttention _attention;
    private readonly Linear _initial, _readout, _classify;

    /// <summary>A model with additive attention.</summary>
    /// <param name="sourceVocabulary">Tokens of the source, the reserved ones included.</param>
    /// <param name="vocabulary">Tokens of the target, the reserved ones included.</param>
    /// <param name="width">Features of a token, at least 1.</param>
    /// <param name="hidden">Hidden units of the decoder, and of the encoder in each direction, at least 1.</param>
    /// <param name="bidirectional">Whether the encoder also reads from the last token to the first.</param>
    /// <param name="dropout">The probability with which training drops features of tokens and of what the logits are made from, from 0 to below 1.</param>
    /// <param name="random">Where the parameters' first values and dropout come from.</param>
    public AdditiveSequenceToSequence(
        int sourceVocabulary, int vocabulary, int width, int hidden, bool bidirectional = true, float dropout = 0.2f, RandomSource? random = null)
        : base(sourceVocabulary, vocabulary)
    {
        random ??= new RandomSource(1);
        _sourceTokens = new Embedding(sourceVocabulary, width, random: random);
        _tokens = new Embedding(vocabulary, width, random: random);
        _dropout = new Dropout(dropout, random);
        _encoder = new Lstm(width, hidden, bidirectional: bidirectional, random: random);
        _initial = new Linear(hidden, hidden, random: random);
        _attention = new AdditiveAttention(hidden, _encoder.Features, hidden, random);
        _decoder = new Lstm(width + _encoder.Features, hidden, random: random);
        _readout = new Linear(hidden + width + _encoder.Features, 2 * width, random: random);
        _classify = new Linear(width, vocabulary, random: random);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor source, Tensor target, IntTensor? lengths = null) => Run(source, target, lengths).Logits;

    /// <summary>How much each step of the target attends to each token of the source, to look at: 0 behind the source's end.</summary>
    /// <param name="source"><c>[batch, source time]</c>, token numbers.</param>
    /// <param name="target"><c>[batch, time]</c>, the tokens from the start token on.</param>
    /// <param name="lengths">How many tokens of each source exist, <c>[batch]</c>; null if all do.</param>
    /// <returns><c>[batch, time, source time]</c>; row i belongs to the token that follows step i.</returns>
    /// <exception cref="ShapeException">An input has another shape.</exception>
    /// <exception cref="ArgumentException">A number is not whole or not in the vocabulary, or a length is out of range.</exception>
    public Tensor Alignment(Tensor source, Tensor target, IntTensor? lengths = null) => Tensor.Concat(1, Run(source, target, lengths).Weights);

    private (Tensor Logits, Tensor[] Weights) Run(Tensor source, Tensor target, IntTensor? lengths)
    {
        RequireTokens(source, target);
        int time = target.Shape[1];
        var state = Begin(source, lengths);
        var words = _dropout.Forward(_tokens.Forward(target));          // [n, time, width]
        var (each, states, contexts, weights) = (words.Split(time, 1), new Tensor[time], new Tensor[time], new Tensor[time]);
        for (int t = 0; t < time; t++) (state, states[t], contexts[t], weights[t]) = Step(state, each[t]);
        return (Read(Tensor.Concat(1, states), words, Tensor.Concat(1, contexts)), weights);
    }

    // memory [n, source time, features], its projection [n, source time, hidden], hidden state and cell [n, 1, hidden]
    private protected override DecoderState Begin(Tensor source, IntTensor? lengths)
    {
        RequireTokens(source);
        var (memory, final, _) = _encoder.Run(_dropout.Forward(_sourceTokens.Forward(source)), lengths);
        var last = final.Slice(0, -1, 1).Reshape(source.Shape[0], 1, _encoder.Hidden); // the backward direction's, where there is one
        var hidden = _initial.Forward(last).Tanh();
        return new DecoderState(lengths, memory, _attention.Key.Forward(memory), hidden, Tensor.Zeros(hidden.Shape));
    }

    private protected override (Tensor Logits, DecoderState State) Next(DecoderState state, IntTensor tokens)
    {
        var word = _tokens.Forward(tokens).Reshape(tokens.Shape.Count, 1, -1); // [n, 1, width]
        var (next, hidden, context, _) = Step(state, word);
        return (Read(hidden, word, context).Flatten(), next);
    }

    private (DecoderState State, Tensor Hidden, Tensor Context, Tensor Weights) Step(DecoderState state, Tensor word)
    {
        var (memory, projected, hidden, cell) = (state.Tensors[0], state.Tensors[1], state.Tensors[2], state.Tensors[3]);
        var (context, weights) = _attention.Attend(hidden, memory, state.Lengths, projected);
        int batch = word.Shape[0];
        (hidden, _, cell) = _decoder.Run(Tensor.Concat(2, word, context), initial: (hidden.Reshape(1, batch, -1), cell.Reshape(1, batch, -1)));
        return (new DecoderState(state.Lengths, memory, projected, hidden, cell.Reshape(batch, 1, -1)), hidden, context, weights);
    }

    private Tensor Read(Tensor states, Tensor words, Tensor contexts)
    {
        var x = _readout.Forward(_dropout.Forward(Tensor.Concat(2, states, words, contexts))); // [n, time, 2 · width]
        x = x.Reshape(x.Shape[0], x.Shape[1], -1, 2).Max(3);                                    // [n, time, width], maxout
        return _classify.Forward(x);                                                            // [n, time, vocabulary]
    }
}
