using Gradus.Layers;
using Gradus.Ops;
using Dropout = Gradus.Layers.Dropout;
using Linear = Gradus.Layers.Linear;

namespace Gradus.Zoo;

/// <summary>Sequence to sequence without attention: the encoder's last states are all that the decoder learns of the source, and its LSTM begins with them.</summary>
/// <remarks>
/// Sutskever, Vinyals and Le 2014, https://arxiv.org/abs/1409.3215, section 2. They read the source backwards, so that its first tokens stand beside the target's first
/// (section 3.3); where that helps, reverse the source.
/// </remarks>
public sealed class PlainSequenceToSequence : SequenceToSequence
{
    private readonly Embedding _sourceTokens, _tokens;
    private readonly Dropout _dropout;
    private readonly Lstm _encoder, _decoder;
    private readonly Linear _classify;

    /// <summary>A model without attention.</summary>
    /// <param name="sourceVocabulary">Tokens of the source, the reserved ones included.</param>
    /// <param name="vocabulary">Tokens of the target, the reserved ones included.</param>
    /// <param name="width">Features of a token, at least 1.</param>
    /// <param name="hidden">Hidden units of a layer of each of the two LSTMs, at least 1.</param>
    /// <param name="layers">Layers of each of the two LSTMs, at least 1.</param>
    /// <param name="dropout">The probability with which training drops features of tokens and of the decoder's states, from 0 to below 1.</param>
    /// <param name="random">Where the parameters' first values and dropout come from.</param>
    public PlainSequenceToSequence(int sourceVocabulary, int vocabulary, int width, int hidden, int layers = 1, float dropout = 0.2f, RandomSource? random = null)
        : base(sourceVocabulary, vocabulary)
    {
        random ??= new RandomSource(1);
        _sourceTokens = new Embedding(sourceVocabulary, width, random: random);
        _tokens = new Embedding(vocabulary, width, random: random);
        _dropout = new Dropout(dropout, random);
        _encoder = new Lstm(width, hidden, layers, random: random);
        _decoder = new Lstm(width, hidden, layers, random: random);
        _classify = new Linear(hidden, vocabulary, random: random);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor source, Tensor target, IntTensor? lengths = null)
    {
        RequireTokens(source, target);
        var (states, _, _) = _decoder.Run(Words(target), initial: Encode(source, lengths)); // [n, time, hidden]
        return Classify(states);                                                            // [n, time, vocabulary]
    }

    // hidden states and cells [n, layers, hidden]
    private protected override DecoderState Begin(Tensor source, IntTensor? lengths)
    {
        RequireTokens(source);
        var (hidden, cell) = Encode(source, lengths);
        return new DecoderState(lengths, hidden.Permute(1, 0, 2), cell.Permute(1, 0, 2));
    }

    private protected override (Tensor Logits, DecoderState State) Next(DecoderState state, IntTensor tokens)
    {
        var word = _tokens.Forward(tokens).Reshape(tokens.Shape.Count, 1, -1);              // [n, 1, width]
        var (step, hidden, cell) = _decoder.Run(word, initial: (state.Tensors[0].Permute(1, 0, 2), state.Tensors[1].Permute(1, 0, 2)));
        return (Classify(step).Flatten(), new DecoderState(state.Lengths, hidden.Permute(1, 0, 2), cell.Permute(1, 0, 2)));
    }

    private (Tensor Hidden, Tensor Cell) Encode(Tensor source, IntTensor? lengths)
    {
        var (_, hidden, cell) = _encoder.Run(_dropout.Forward(_sourceTokens.Forward(source)), lengths);
        return (hidden, cell);
    }

    private Tensor Words(Tensor target) => _dropout.Forward(_tokens.Forward(target));       // [n, time, width]

    private Tensor Classify(Tensor states) => _classify.Forward(_dropout.Forward(states));
}
