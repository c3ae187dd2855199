using Gradus.Layers;
using Gradus.Ops;
using Dropout = Gradus.Layers.Dropout;

namespace Gradus.Zoo;

/// <summary>
/// The Transformer: an encoder of self-attention, a decoder that attends to the target up to each step and to the encoder's output, sinusoidal
/// positions, and the target's token vectors once more as the output's weights.
/// </summary>
/// <remarks>
/// Vaswani et al. 2017, https://arxiv.org/abs/1706.03762, section 3: norm after each sum, ReLU, token vectors times √width (section 3.4). Decoding reads
/// the tokens before a step again at each step.
/// </remarks>
public sealed class TransformerSequenceToSequence : SequenceToSequence
{
    private readonly Embedding _sourceTokens, _tokens;
    private readonly SinusoidalPositions _sourcePositions = new(), _positions = new(); // each keeps the table of its last shape
    private readonly Dropout _dropout;
    private readonly TransformerEncoderLayer[] _encoder;
    private readonly TransformerDecoderLayer[] _decoder;
    private readonly float _scale;

    /// <summary>A Transformer.</summary>
    /// <param name="sourceVocabulary">Tokens of the source, the reserved ones included.</param>
    /// <param name="vocabulary">Tokens of the target, the reserved ones included.</param>
    /// <param name="width">Features of a token.</param>
    /// <param name="heads">Heads of each attention; a divisor of the width.</param>
    /// <param name="hidden">Features between the two linear layers of each layer, at least 1.</param>
    /// <param name="layers">Layers of the encoder and of the decoder, at least 1.</param>
    /// <param name="dropout">The probability with which training drops, from 0 to below 1.</param>
    /// <param name="random">Where the parameters' first values and dropout come from.</param>
    public TransformerSequenceToSequence(int sourceVocabulary, int vocabulary, int width, int heads, int hidden, int layers, float dropout = 0.1f, RandomSource? random = null)
        : base(sourceVocabulary, vocabulary)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(layers, 1);
        random ??= new RandomSource(1);
        _scale = MathF.Sqrt(width);
        _sourceTokens = new Embedding(sourceVocabulary, width, random: random);
        _tokens = new Embedding(vocabulary, width, random: random);
        foreach (var table in new[] { _sourceTokens.Weight, _tokens.Weight }) random.Normal(table.Span, 0, 1 / _scale); // as output weights they must give small logits at first
        _dropout = new Dropout(dropout, random);
        _encoder = [.. Enumerable.Range(0, layers).Select(_ => new TransformerEncoderLayer(width, heads, hidden, dropout, random: random))];
        _decoder = [.. Enumerable.Range(0, layers).Select(_ => new TransformerDecoderLayer(width, heads, hidden, dropout, random: random))];
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor source, Tensor target, IntTensor? lengths = null)
    {
        RequireTokens(source, target);
        return Classify(DecodeAll(target, Encode(source, lengths), lengths));   // [n, time, vocabulary]
    }

    // memory [n, source time, width], the tokens so far [n, time]
    private protected override DecoderState Begin(Tensor source, IntTensor? lengths) =>
        new(lengths, Encode(source, lengths), Tensor.Zeros([source.Shape[0], 0]));

    private protected override (Tensor Logits, DecoderState State) Next(DecoderState state, IntTensor tokens)
    {
        int batch = tokens.Shape.Count;
        var last = Tensor.From(Array.ConvertAll(tokens.Span.ToArray(), token => (float)token), [batch, 1]);
        var all = state.Tensors[1].Shape[1] == 0 ? last : Tensor.Concat(1, state.Tensors[1], last);     // [n, time]
        var x = DecodeAll(all, state.Tensors[0], state.Lengths);                                        // [n, time, width]
        return (Classify(x.Slice(1, -1, 1)).Flatten(), new DecoderState(state.Lengths, state.Tensors[0], all));
    }

    private Tensor Encode(Tensor source, IntTensor? lengths)
    {
        var x = _dropout.Forward(_sourcePositions.Forward(_sourceTokens.Forward(source) * _scale));     // [n, source time, width]
        foreach (var layer in _encoder) x = layer.Forward(x, causal: false, lengths);
        return x;
    }

    private Tensor DecodeAll(Tensor target, Tensor memory, IntTensor? lengths)
    {
        var x = _dropout.Forward(_positions.Forward(_tokens.Forward(target) * _scale));                 // [n, time, width]
        foreach (var layer in _decoder) x = layer.Forward(x, memory, memoryLengths: lengths);
        return x;
    }

    private Tensor Classify(Tensor x) => x.Linear(_tokens.Weight, bias: null);
}
