using Gradus.Initializers;
using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>
/// Multi-head attention: queries, keys and values are projected, each head attends with its own part of the features, and the heads' outputs are
/// projected together. To the sequence itself, or to another one.
/// </summary>
/// <remarks>
/// Input and output <c>[batch, time, width]</c>. Parameters under PyTorch's names: in_proj_weight <c>[3 · width, width]</c> (queries, keys,
/// values) uniform by <see cref="Xavier"/>, in_proj_bias <c>[3 · width]</c> = 0, out_proj.weight <c>[width, width]</c>, out_proj.bias <c>[width]</c> = 0.
/// Vaswani et al. 2017, https://arxiv.org/abs/1706.03762, section 3.2.2.
/// </remarks>
public sealed class MultiHeadAttention : Layer
{
    private readonly int _width, _heads;
    private readonly float _dropout;
    private readonly RotaryPositions? _rotary;
    private readonly RandomSource _random;

    /// <summary>Multi-head attention.</summary>
    /// <param name="width">Features of input and output.</param>
    /// <param name="heads">How many heads; a divisor of the width.</param>
    /// <param name="dropout">The probability with which training drops a weight, from 0 to below 1.</param>
    /// <param name="bias">Whether the projections have biases.</param>
    /// <param name="rotary">Whether queries and keys are turned by their positions (<see cref="RotaryPositions"/>); only where a sequence attends to itself.</param>
    /// <param name="random">Where the parameters' first values and the dropped weights come from.</param>
    /// <exception cref="ArgumentException">The heads do not divide the width.</exception>
    public MultiHeadAttention(int width, int heads, float dropout = 0, bool bias = true, bool rotary = false, RandomSource? random = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        if (width % heads != 0) throw new ArgumentException($"{heads} heads do not divide a width of {width}", nameof(heads));
        if (!(dropout >= 0 && dropout < 1)) throw new ArgumentOutOfRangeException(nameof(dropout), $"a dropout rate of {dropout} is outside [0, 1): it is the share that is dropped");
        (_width, _heads, _dropout) = (width, heads, dropout);
        _rotary = rotary ? new RotaryPositions(heads) : null;
        _random = random ?? DefaultRandom.Next();
        InProjWeight = Parameter.Zeros([3 * width, width]);
        InProjBias = bias ? Parameter.Zeros([3 * width]) : null;
        Xavier.Uniform(InProjWeight, _random);
        OutProj = new Linear(width, width, bias, _random);
        Xavier.Uniform(OutProj.Weight, _random);
    }

    /// <summary>The projections to queries, keys and values, one below the other: <c>[3 · width, width]</c>.</summary>
    public Parameter InProjWeight { get; }

    /// <summary>Their biases, <c>[3 · width]</c>; null if there are none.</summary>
    public Parameter? InProjBias { get; }

    /// <summary>The projection of the heads' outputs.</summary>
    public Linear OutProj { get; }

    /// <summary>The sequence attends to itself, every step to all.</summary>
    /// <param name="x"><c>[batch, time, width]</c>.</param>
    /// <returns><c>[batch, time, width]</c>.</returns>
    /// <exception cref="ShapeException">The input has another shape.</exception>
    public override Tensor Forward(Tensor x) => Forward(x, causal: false);

    /// <summary>The sequence attends to itself.</summary>
    /// <param name="x"><c>[batch, time, width]</c>.</param>
    /// <param name="causal">Each step to itself and those before it alone.</param>
    /// <param name="lengths">How many steps of each sequence exist, <c>[batch]</c>; null if all do.</param>
    /// <param name="mask">Added before the softmax, <c>[time, time]</c> or <c>[batch or 1, heads or 1, time, time]</c>; null for nothing.</param>
    /// <returns><c>[batch, time, width]</c>.</returns>
    /// <exception cref="ShapeException">The input or the mask has another shape.</exception>
    /// <exception cref="ArgumentException">A length is out of range.</exception>
    public Tensor Forward(Tensor x, bool causal, IntTensor? lengths = null, Tensor? mask = null)
    {
        RequireSequences(x);
        var projected = x.Linear(InProjWeight, InProjBias);                              // [batch, time, 3 · width]
        if (_rotary is not null) projected = _rotary.Turn(projected, 3 * _heads, 2 * _heads);
        return OutProj.Forward(projected.SelfAttention(_heads, Options(causal), lengths, mask)); // [batch, time, width]
    }

    /// <summary>The sequence attends to another one, such as what an encoder has made of the input.</summary>
    /// <param name="x">What asks, <c>[batch, queries, width]</c>.</param>
    /// <param name="memory">What is asked, <c>[batch, keys, width]</c>.</param>
    /// <param name="lengths">How many steps of each memory exist, <c>[batch]</c>; null if all do.</param>
    /// <param name="mask">Added before the softmax, <c>[queries, keys]</c> or <c>[batch or 1, heads or 1, queries, keys]</c>; null for nothing.</param>
    /// <returns><c>[batch, queries, width]</c>.</returns>
    /// <exception cref="ShapeException">An input or the mask has another shape.</exception>
    /// <exception cref="ArgumentException">A length is out of range.</exception>
    public Tensor Forward(Tensor x, Tensor memory, IntTensor? lengths = null, Tensor? mask = null)
    {
        RequireSequences(x);
        RequireSequences(memory);
        var query = x.Linear(InProjWeight.Slice(0, 0, _width), InProjBias?.Slice(0, 0, _width));                            // [batch, queries, width]
        var keysAndValues = memory.Linear(InProjWeight.Slice(0, _width, 2 * _width), InProjBias?.Slice(0, _width, 2 * _width)); // [batch, keys, 2 · width]
        return OutProj.Forward(query.CrossAttention(keysAndValues, _heads, Options(causal: false), lengths, mask));
    }

    private AttentionOptions Options(bool causal) => new() { Causal = causal, DropoutRate = Training ? _dropout : 0, Random = _random };

    private void RequireSequences(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Shape.Rank != 3 || x.Shape[2] != _width) throw new ShapeException($"multi-head attention of width {_width} expects [batch, time, {_width}]; got {x.Shape}");
    }
}
