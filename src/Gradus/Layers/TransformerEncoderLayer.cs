using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>
/// A Transformer's encoder layer: self-attention and two linear layers, each added to its input and normalised. With the norm last,
/// x = norm(x + f(x)); with the norm first, x = x + f(norm(x)), which trains without a warm-up.
/// </summary>
/// <remarks>
/// Input and output <c>[batch, time, width]</c>. Parameters under PyTorch's names: self_attn.*, linear1.*, linear2.*, norm1.*, norm2.*
/// Vaswani et al. 2017, https://arxiv.org/abs/1706.03762, section 3.1; norm first: Xiong et al. 2020, https://arxiv.org/abs/2002.04745.
/// </remarks>
public sealed class TransformerEncoderLayer : TransformerLayer
{
    private readonly MultiHeadAttention _selfAttn;
    private readonly LayerNorm _norm1, _norm2;
    private readonly Dropout _dropout1, _dropout2;
    private readonly bool _normFirst;

    /// <summary>An encoder layer.</summary>
    /// <param name="width">Features of input and output.</param>
    /// <param name="heads">Heads of the attention; a divisor of the width.</param>
    /// <param name="hidden">Features between the two linear layers.</param>
    /// <param name="dropout">The probability with which training drops attention weights, hidden features and what is added, from 0 to below 1.</param>
    /// <param name="normFirst">Whether to normalise what each part reads rather than its sum with the input.</param>
    /// <param name="gelu">GELU in place of ReLU.</param>
    /// <param name="rotary">Whether attention turns queries and keys by their positions.</param>
    /// <param name="random">Where the parameters' first values and dropout come from.</param>
    public TransformerEncoderLayer(
        int width, int heads, int hidden = 2048, float dropout = 0.1f, bool normFirst = false, bool gelu = false, bool rotary = false, RandomSource? random = null)
        : base(width, hidden, dropout, gelu, random)
    {
        _selfAttn = new MultiHeadAttention(width, heads, dropout, rotary: rotary, random: Random);
        (_norm1, _norm2) = (new LayerNorm(width), new LayerNorm(width));
        (_dropout1, _dropout2) = (new Dropout(dropout, Random), new Dropout(dropout, Random));
        _normFirst = normFirst;
    }

    /// <inheritdoc/>
    /// <exception cref="ShapeException">The input has another shape.</exception>
    public override Tensor Forward(Tensor x) => Forward(x, causal: false);

    /// <summary>The layer with a mask.</summary>
    /// <param name="x"><c>[batch, time, width]</c>.</param>
    /// <param name="causal">Each step attends to itself and those before it alone: a language model.</param>
    /// <param name="lengths">How many steps of each sequence exist, <c>[batch]</c>; null if all do.</param>
    /// <param name="mask">Added before the softmax, <c>[time, time]</c> or <c>[batch or 1, heads or 1, time, time]</c>; null for nothing.</param>
    /// <returns><c>[batch, time, width]</c>.</returns>
    /// <exception cref="ShapeException">The input or the mask has another shape.</exception>
    /// <exception cref="ArgumentException">A length is out of range.</exception>
    public Tensor Forward(Tensor x, bool causal, IntTensor? lengths = null, Tensor? mask = null)
    {
        if (_normFirst)
        {
            x += _dropout1.Forward(_selfAttn.Forward(_norm1.Forward(x), causal, lengths, mask));
            return x + _dropout2.Forward(FeedForward(_norm2.Forward(x)));
        }

        x = _norm1.Forward(x + _dropout1.Forward(_selfAttn.Forward(x, causal, lengths, mask)));
        return _norm2.Forward(x + _dropout2.Forward(FeedForward(x)));
    }
}
