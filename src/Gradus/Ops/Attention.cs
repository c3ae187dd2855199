using System.Runtime.InteropServices;
using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>How attention weighs.</summary>
public sealed record AttentionOptions
{
    /// <summary>Each query sees the keys up to its own place alone: query i sees the keys 0 ... i.</summary>
    public bool Causal { get; init; }

    /// <summary>The factor of query · key; null for 1/√d, which keeps their variance at 1.</summary>
    public float? Scale { get; init; }

    /// <summary>The probability with which a weight becomes 0, from 0 to below 1; the others grow by 1 / (1 - rate).</summary>
    public float DropoutRate { get; init; }

    /// <summary>Where dropout's random numbers come from; one stream is taken for each pass. Needed if the rate is above 0.</summary>
    public RandomSource? Random { get; init; }

    internal static AttentionOptions Default { get; } = new();
}

/// <summary>
/// Scaled dot-product attention, in every head: O = softmax(scale · Q Kᵀ + mask) V. The matrix [queries, keys] is never kept: backward computes
/// its blocks again. A query that sees no key gives 0.
/// </summary>
/// <param name="heads">How many heads lie side by side in the last axis; 0 if they have an axis of their own.</param>
/// <param name="masked">Whether the last input is a mask.</param>
/// <param name="options">How it weighs.</param>
/// <remarks>Vaswani et al. 2017, https://arxiv.org/abs/1706.03762, equation 1; the kernel's sources: <see cref="FlashAttention"/>.</remarks>
internal sealed class Attention(int heads, bool masked, AttentionOptions options) : Operation
{
    public override object Settings => (heads, masked, options.Causal, options.Scale, options.DropoutRate);

    internal override bool IsDeterministic => !Drops;

    private bool Drops => options.DropoutRate > 0;

    // inputs: q [batch, heads, queries, d], k and v [batch, heads, keys, d]; or side by side in the last axis, model = heads · d:
    // q [batch, queries, model], k and v [batch, keys, model]; or q and kv [batch, keys, 2 · model]; or qkv [batch, time, 3 · model];
    // then the mask [queries, keys] or [batch or 1, heads or 1, queries, keys]; integers: lengths [batch], optional
    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        int count = masked ? inputs.Length - 1 : inputs.Length;
        RequireOperands(inputs[..count]);
        var shape = ShapeOf(inputs);
        if (masked)
        {
            var mask = inputs[^1];
            bool fits = mask.Rank is 2 or 4 && mask[^2] == shape.Queries && mask[^1] == shape.Keys
                && (mask.Rank == 2 || ((mask[0] == 1 || mask[0] == shape.Batch) && (mask[1] == 1 || mask[1] == shape.Heads)));
            Require(fits, $"an attention mask must be [{shape.Queries}, {shape.Keys}] or [{shape.Batch} or 1, {shape.Heads} or 1, {shape.Queries}, {shape.Keys}]; got {mask}");
        }

        return new Signature(heads == 0 ? inputs[0] : [shape.Batch, shape.Queries, shape.Heads * shape.HeadSize])
        {
            Saved = Drops ? [[shape.StatisticsLength], [2]] : [[shape.StatisticsLength]], // with dropout, the stream's number
            SavesForBackwardOnly = true,
            BackwardReads = Reads.Inputs | Reads.Outputs,
        };
    }

    protected internal override long MultiplyAdds(ReadOnlySpan<Shape> inputs, Shape output)
    {
        var shape = ShapeOf(inputs);
        return 2L * output.Count * shape.Keys;
    }

    protected internal override void Forward(Frame f)
    {
        var shape = ShapeOf(f);
        ulong stream = Drops ? options.Random!.NextStream() : 0;
        if (Drops && !f.Saved(1).IsEmpty) MemoryMarshal.Cast<float, ulong>(f.Saved(1))[0] = stream;
        FlashAttention.Forward(
            shape, Dropout(stream), f.Integers(0), f.Input(0), Key(f, shape), Value(f, shape), masked ? f.Input(f.InputCount - 1) : [], f.Output, f.Saved(0));
    }

    protected internal override void Backward(Frame f)
    {
        var shape = ShapeOf(f);
        ulong stream = Drops ? MemoryMarshal.Cast<float, ulong>(f.Saved(1))[0] : 0;
        var (key, value) = Places(f);
        FlashAttention.Backward(
            shape, Dropout(stream), f.Integers(0), f.Input(0), Key(f, shape), Value(f, shape), masked ? f.Input(f.InputCount - 1) : [], f.Output, f.Saved(0), f.OutputGradient,
            f.InputGradient(0), From(f.InputGradient(key), KeyOffset(f, shape)), From(f.InputGradient(value), ValueOffset(f, shape)));
    }

    private static Span<float> From(Span<float> gradient, int offset) => gradient.IsEmpty ? [] : gradient[offset..];

    private AttentionDropout Dropout(ulong stream) => Drops ? new(options.Random!.Generator, stream, options.DropoutRate) : default;

    private void RequireOperands(ReadOnlySpan<Shape> inputs)
    {
        var q = inputs[0];
        if (heads == 0)
        {
            Require(
                q.Rank == 4 && inputs[1].Rank == 4 && inputs[1] == inputs[2] && inputs[1] == q.With(2, inputs[1][2]) && q[3] >= 1,
                $"attention expects q [batch, heads, queries, d] and k and v [batch, heads, keys, d]; got {q}, {inputs[1]} and {inputs[2]}");
            return;
        }

        int parts = inputs.Length == 1 ? 3 : 1, model = q.Rank == 3 ? q[2] / parts : 0;
        Require(
            model >= 1 && q[2] % parts == 0 && model % heads == 0,
            $"attention with {heads} heads expects [batch, time, {(parts == 3 ? "3 · " : "")}model], where model is a multiple of {heads}; got {q}");
        if (inputs.Length == 1) return;
        var k = inputs[1];
        int width = inputs.Length == 2 ? 2 * model : model;
        Require(k.Rank == 3 && k[0] == q[0] && k[2] == width, $"attention of queries {q} expects {(inputs.Length == 2 ? "keys and values" : "keys")} [{q[0]}, keys, {width}]; got {k}");
        if (inputs.Length == 3) Require(inputs[2] == k, $"attention expects values of the keys' shape {k}; got {inputs[2]}");
    }

    private AttentionShape ShapeOf(Frame f)
    {
        int operands = Operands(f);
        return ShapeOf(f.InputShape(0), f.InputShape(operands == 1 ? 0 : 1), masked ? f.InputShape(operands) : Shape.Scalar, operands);
    }

    private AttentionShape ShapeOf(ReadOnlySpan<Shape> inputs)
    {
        int operands = masked ? inputs.Length - 1 : inputs.Length;
        return ShapeOf(inputs[0], inputs[operands == 1 ? 0 : 1], masked ? inputs[^1] : Shape.Scalar, operands);
    }

    private AttentionShape ShapeOf(Shape q, Shape k, Shape mask, int operands)
    {
        int all = heads == 0 ? q[1] : heads, width = operands == 1 ? q[2] / 3 : q[2], size = heads == 0 ? q[3] : width / heads;
        int queries = heads == 0 ? q[2] : q[1], keys = heads == 0 ? k[2] : k[1];
        return new AttentionShape(
            q[0], all, queries, keys, size, Strides(q, queries, size), Strides(k, keys, size), heads == 0 ? Strides(q, queries, size) : new((nint)queries * width, size, width),
            options.Scale ?? 1 / MathF.Sqrt(size), options.Causal)
        {
            MaskBatch = mask.Rank == 4 && mask[0] > 1 ? mask[1] * queries * keys : 0,
            MaskHead = mask.Rank == 4 && mask[1] > 1 ? queries * keys : 0,
        };
    }

    private HeadStrides Strides(Shape operand, int time, int size) =>
        heads == 0 ? new((nint)operand[1] * time * size, (nint)time * size, size) : new((nint)time * operand[2], size, operand[2]);

    // Which inputs hold the keys and the values, and where they begin there.
    private (int Key, int Value) Places(Frame f) => Operands(f) switch { 1 => (0, 0), 2 => (1, 1), _ => (1, 2) };

    private int Operands(Frame f) => masked ? f.InputCount - 1 : f.InputCount;

    private int KeyOffset(Frame f, AttentionShape shape) => Places(f).Key == 0 ? shape.Heads * shape.HeadSize : 0;

    private int ValueOffset(Frame f, AttentionShape shape) => Places(f) switch { (0, 0) => 2, (1, 1) => 1, _ => 0 } * shape.Heads * shape.HeadSize;

    private ReadOnlySpan<float> Key(Frame f, AttentionShape shape) => Behind(f.Input(Places(f).Key), KeyOffset(f, shape));

    private ReadOnlySpan<float> Value(Frame f, AttentionShape shape) => Behind(f.Input(Places(f).Value), ValueOffset(f, shape));

    private static ReadOnlySpan<float> Behind(ReadOnlySpan<float> input, int offset) => input.IsEmpty ? [] : input[offset..];
}

/// <summary>Scaled dot-product attention on tensors.</summary>
/// <remarks>
/// In all forms <c>lengths [batch]</c> hides the keys behind a sequence's end, which are not read, and a mask <c>[queries, keys]</c> or
/// <c>[batch or 1, heads or 1, queries, keys]</c> is added to the scaled products: -infinity hides. No gradient flows into a mask.
/// </remarks>
public static class AttentionExtensions
{
    extension(Tensor q)
    {
        /// <summary>softmax(scale · Q Kᵀ + mask) V in every head, where heads have an axis of their own.</summary>
        /// <param name="k">The keys, <c>[batch, heads, keys, d]</c>.</param>
        /// <param name="v">The values, of the keys' shape.</param>
        /// <param name="options">How it weighs; null for the defaults.</param>
        /// <param name="lengths">How many keys of each sequence exist, <c>[batch]</c>; null if all do.</param>
        /// <param name="mask">What is added before the softmax; null for nothing.</param>
        /// <returns><c>[batch, heads, queries, d]</c> for queries of that shape.</returns>
        /// <exception cref="ShapeException">The shapes do not fit together.</exception>
        /// <exception cref="ArgumentException">A length is out of range, or the mask asks for a gradient.</exception>
        public Tensor Attention(Tensor k, Tensor v, AttentionOptions? options = null, IntTensor? lengths = null, Tensor? mask = null)
        {
            ArgumentNullException.ThrowIfNull(k);
            ArgumentNullException.ThrowIfNull(v);
            return Apply(0, [q, k, v], options, lengths, mask);
        }

        /// <summary>The same where the heads lie side by side in the last axis: <c>[batch, queries, model]</c>, model = heads · d.</summary>
        /// <param name="k">The keys, <c>[batch, keys, model]</c>.</param>
        /// <param name="v">The values, of the keys' shape.</param>
        /// <param name="heads">How many heads, at least 1.</param>
        /// <param name="options">How it weighs; null for the defaults.</param>
        /// <param name="lengths">How many keys of each sequence exist, <c>[batch]</c>; null if all do.</param>
        /// <param name="mask">What is added before the softmax; null for nothing.</param>
        /// <returns><c>[batch, queries, model]</c>.</returns>
        /// <exception cref="ShapeException">The shapes do not fit together.</exception>
        /// <exception cref="ArgumentException">A length is out of range, or the mask asks for a gradient.</exception>
        public Tensor Attention(Tensor k, Tensor v, int heads, AttentionOptions? options = null, IntTensor? lengths = null, Tensor? mask = null)
        {
            ArgumentNullException.ThrowIfNull(k);
            ArgumentNullException.ThrowIfNull(v);
            ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
            return Apply(heads, [q, k, v], options, lengths, mask);
        }

        /// <summary>The same where keys and values also lie side by side, keys first, as one projection gives them.</summary>
        /// <param name="kv">Keys and values, <c>[batch, keys, 2 · model]</c>.</param>
        /// <param name="heads">How many heads, at least 1.</param>
        /// <param name="options">How it weighs; null for the defaults.</param>
        /// <param name="lengths">How many keys of each sequence exist, <c>[batch]</c>; null if all do.</param>
        /// <param name="mask">What is added before the softmax; null for nothing.</param>
        /// <returns><c>[batch, queries, model]</c> for queries <c>[batch, queries, model]</c>.</returns>
        /// <exception cref="ShapeException">The shapes do not fit together.</exception>
        /// <exception cref="ArgumentException">A length is out of range, or the mask asks for a gradient.</exception>
        public Tensor CrossAttention(Tensor kv, int heads, AttentionOptions? options = null, IntTensor? lengths = null, Tensor? mask = null)
        {
            ArgumentNullException.ThrowIfNull(kv);
            ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
            return Apply(heads, [q, kv], options, lengths, mask);
        }

        /// <summary>The same where queries, keys and values lie side by side in this tensor, in this order: <c>[batch, time, 3 · model]</c>.</summary>
        /// <param name="heads">How many heads, at least 1.</param>
        /// <param name="options">How it weighs; null for the defaults.</param>
        /// <param name="lengths">How many time steps of each sequence exist, <c>[batch]</c>; null if all do.</param>
        /// <param name="mask">What is added before the softmax; null for nothing.</param>
        /// <returns><c>[batch, time, model]</c>.</returns>
        /// <exception cref="ShapeException">The last axis is not 3 · heads · d.</exception>
        /// <exception cref="ArgumentException">A length is out of range, or the mask asks for a gradient.</exception>
        public Tensor SelfAttention(int heads, AttentionOptions? options = null, IntTensor? lengths = null, Tensor? mask = null)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
            return Apply(heads, [q], options, lengths, mask);
        }
    }

    private static Tensor Apply(int heads, Tensor[] operands, AttentionOptions? options, IntTensor? lengths, Tensor? mask)
    {
        options ??= AttentionOptions.Default;
        float rate = options.DropoutRate;
        if (!(rate >= 0 && rate < 1)) throw new ArgumentOutOfRangeException(nameof(options), $"a dropout rate of {rate} is outside [0, 1): it is the share that is dropped");
        if (rate > 0 && options.Random is null) throw new ArgumentException($"attention with a dropout rate of {rate} needs {nameof(AttentionOptions.Random)}, a source of random numbers", nameof(options));
        if (mask is { DependsOnParameters: true }) throw new ArgumentException($"the attention mask {mask.Shape} asks for a gradient, and none flows into a mask: use Detach()", nameof(mask));
        Tensor[] inputs = mask is null ? operands : [.. operands, mask];
        return new Attention(heads, mask is not null, options).ApplyAll(inputs, lengths is null ? [] : [lengths])[0];
    }
}
