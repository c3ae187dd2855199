using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>
/// A Transformer's decoder layer: causal self-attention, attention to a memory (what an encoder has made of the input), and two linear layers,
/// each added to its input and normalised.
/// </summary>
/// <remarks>
/// Input and output <c>[batch, time, width]</c>, memory <c>[batch, keys, width]</c>. Parameters under PyTorch's names: self_attn.*,
/// multihead_attn.*, linear1.*, linear2.*, norm1.*, norm2.*, norm3.* Vaswani et al. 2017, https://arxiv.org/abs/1706.03762, section 3.1; norm first:
/// Xiong et al. 2020, https://arxiv.org/abs/2002.04745.
/// </remarks>
public sealed class TransformerDecoderLayer : TransformerLayer
{
    private readonly MultiHeadAttention _selfAttn, _multiheadAttn;
    private readonly LayerNorm _norm1, _norm2, _norm3;
    private readonly Dropout _dropout1, _dropout2, _dropout3;
    private readonly bool _normFirst;

    /// <summary>A decoder layer.</summary>
    /// <param name="width">Features of input, memory and output.</param>
    /// <param name="heads">Heads of both attentions; a divisor of the width.</param>
    /// <param name="hidden">Features between the two linear layers.</param>
    /// <param name="dropout">The probability with which training drops attention weights, hidden features and what is added, from 0 to below 1.</param>
    /// <param name="normFirst">Whether to normalise what each part reads rather than its sum with the input.</param>
    /// <param name="gelu">GELU in place of ReLU.</param>
    /// <param name="random">Where the parameters' first values and dropout come from.</param>
    public TransformerDecoderLayer(int width, int heads, int hidden = 2048, float dropout = 0.1f, bool normFirst = false, bool gelu = false, RandomSource? random = null)
        : base(width, hidden, dropout, gelu, random)
    {
        _selfAttn = new MultiHeadAttention(width, heads, dropout, random: Random);
        _multiheadAttn = new MultiHeadAttention(width, heads, dropout, random: Random);
        (_norm1, _norm2, _norm3) = (new LayerNorm(width), new LayerNorm(width), new LayerNorm(width));
        (_dropout1, _dropout2, _dropout3) = (new Dropout(dropout, Random), new Dropout(dropout, Random), new Dropout(dropout, Random));
        _normFirst = normFirst;
    }

    /// <summary>Always fails: a decoder layer reads a memory too.</summary>
    /// <exception cref="InvalidOperationException">Always.</exception>
    public override Tensor Forward(Tensor x) => throw new InvalidOperationException("a decoder layer reads a memory: call Forward(x, memory)");

    /// <summary>Each step attends to itself and those before it, then to the memory.</summary>
    /// <param name="x"><c>[batch, time, width]</c>.</param>
    /// <param name="memory"><c>[batch, keys, width]</c>.</param>
    /// <param name="lengths">How many steps of each sequence exist, <c>[batch]</c>; null if all do.</param>
    /// <param name="memoryLengths">How many steps of each memory exist, <c>[batch]</c>; null if all do.</param>
    /// <returns><c>[batch, time, width]</c>.</returns>
    /// <exception cref="ShapeException">An input has another shape.</exception>
    /// <exception cref="ArgumentException">A length is out of range.</exception>
    public Tensor Forward(Tensor x, Tensor memory, IntTensor? lengths = null, IntTensor? memoryLengths = null)
    {
        if (_normFirst)
        {
            x += _dropout1.Forward(_selfAttn.Forward(_norm1.Forward(x), causal: true, lengths));
            x += _dropout2.Forward(_multiheadAttn.Forward(_norm2.Forward(x), memory, memoryLengths));
            return x + _dropout3.Forward(FeedForward(_norm3.Forward(x)));
        }

        x = _norm1.Forward(x + _dropout1.Forward(_selfAttn.Forward(x, causal: true, lengths)));
        x = _norm2.Forward(x + _dropout2.Forward(_multiheadAttn.Forward(x, memory, memoryLengths)));
        return _norm3.Forward(x + _dropout3.Forward(FeedForward(x)));
    }
}
