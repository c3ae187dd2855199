using Gradus.Layers;

namespace Gradus.Tests.Layers;

/// <summary>One way to make a layer, for the contract that all layers keep.</summary>
public sealed record LayerCase(string Name, Func<RandomSource, Layer> Make, Shape Input, Shape Output)
{
    /// <summary>Whole numbers below this are the input, without a gradient; null for real numbers.</summary>
    public int? Tokens { get; init; }

    /// <summary>At least one for each layer of the engine: a new layer adds a line here.</summary>
    public static IReadOnlyList<LayerCase> All { get; } =
    [
        new("linear", random => new Linear(5, 3, random: random), [4, 5], [4, 3]),
        new("linear without bias, three axes", random => new Linear(5, 3, bias: false, random), [2, 3, 5], [2, 3, 3]),
        new("convolution", random => new Conv2d(3, 4, 3, random: random), [2, 3, 6, 5], [2, 4, 4, 3]),
        new("convolution, same", random => new Conv2d(2, 3, new Size2d(4, 3), same: true, random: random), [2, 2, 5, 4], [2, 3, 5, 4]),
        new("convolution, stride and padding", random => new Conv2d(2, 3, 3, stride: 2, padding: 1, bias: false, random: random), [2, 2, 7, 6], [2, 3, 4, 3]),
        new("convolution, dilation and groups", random => new Conv2d(4, 6, 3, dilation: 2, groups: 2, random: random), [2, 4, 7, 6], [2, 6, 3, 2]),
        new("convolution, depthwise", random => new Conv2d(3, 3, 3, padding: 1, groups: 3, random: random), [2, 3, 5, 6], [2, 3, 5, 6]),
        new("convolution of sequences", random => new Conv1d(3, 4, 3, stride: 2, padding: 1, random: random), [2, 3, 8], [2, 4, 4]),
        new("convolution of sequences, same", random => new Conv1d(2, 4, 4, same: true, groups: 2, bias: false, random: random), [2, 2, 7], [2, 4, 7]),
        new("transposed convolution", random => new TransposedConv2d(3, 2, 2, stride: 2, random: random), [2, 3, 3, 4], [2, 2, 6, 8]),
        new("transposed convolution, all settings", random => new TransposedConv2d(4, 6, 3, 2, 1, new Size2d(1, 0), new Size2d(1, 2), groups: 2, bias: false, random: random), [2, 4, 3, 2], [2, 6, 6, 5]),
        new("max-pool", _ => new MaxPool2d(2), [2, 3, 5, 6], [2, 3, 2, 3]),
        new("max-pool, overlapping", _ => new MaxPool2d(3, stride: 2, padding: 1), [2, 2, 6, 5], [2, 2, 3, 3]),
        new("average pool", _ => new AveragePool2d(2), [2, 3, 5, 6], [2, 3, 2, 3]),
        new("global average pool", _ => new GlobalAveragePool2d(), [2, 3, 5, 4], [2, 3]),
        new("adaptive average pool", _ => new AdaptiveAveragePool2d(new Size2d(3, 2)), [2, 3, 5, 4], [2, 3, 3, 2]),
        new("adaptive max-pool", _ => new AdaptiveMaxPool2d(new Size2d(3, 2)), [2, 3, 5, 4], [2, 3, 3, 2]),
        new("up-sampling, nearest", _ => new Upsample2d(2), [2, 3, 3, 2], [2, 3, 6, 4]),
        new("up-sampling, bilinear", _ => new Upsample2d(new Size2d(2, 3), bilinear: true), [2, 3, 3, 2], [2, 3, 6, 6]),
        new("up-sampling, bilinear, corners", _ => new Upsample2d(2, bilinear: true, alignCorners: true), [2, 3, 3, 2], [2, 3, 6, 4]),
        new("layer norm", _ => new LayerNorm(5), [3, 4, 5], [3, 4, 5]),
        new("layer norm of two axes, without bias", _ => new LayerNorm([4, 5], bias: false), [3, 4, 5], [3, 4, 5]),
        new("group norm", _ => new GroupNorm(2, 6), [2, 6, 3, 2], [2, 6, 3, 2]),
        new("instance norm", _ => new InstanceNorm(3), [2, 3, 4, 5], [2, 3, 4, 5]),
        new("instance norm, affine", _ => new InstanceNorm(3, affine: true), [2, 3, 4, 5], [2, 3, 4, 5]),
        new("batch norm of vectors", _ => new BatchNorm(3), [6, 3], [6, 3]),
        new("batch norm of pictures", _ => new BatchNorm(3), [2, 3, 4, 5], [2, 3, 4, 5]),
        new("dropout", random => new Dropout(0.4f, random), [4, 6], [4, 6]),
        new("dropout of channels", random => new SpatialDropout(0.4f, random), [4, 6, 2, 3], [4, 6, 2, 3]),
        new("flatten", _ => new Flatten(), [2, 3, 4, 5], [2, 60]),
        new("relu", _ => new Relu(), [3, 7], [3, 7]),
        new("sigmoid", _ => new Sigmoid(), [3, 7], [3, 7]),
        new("tanh", _ => new Tanh(), [3, 7], [3, 7]),
        new("gelu", _ => new Gelu(), [3, 7], [3, 7]),
        new("gelu, tanh form", _ => new GeluTanh(), [3, 7], [3, 7]),
        new("leaky relu", _ => new LeakyRelu(0.2f), [3, 7], [3, 7]),
        new("prelu", _ => new PRelu(3), [2, 3, 2, 5], [2, 3, 2, 5]),
        new("prelu, one slope", _ => new PRelu(), [3, 7], [3, 7]),
        new("elu", _ => new Elu(1.5f), [3, 7], [3, 7]),
        new("silu", _ => new Silu(), [3, 7], [3, 7]),
        new("softplus", _ => new Softplus(), [3, 7], [3, 7]),
        new("hard swish", _ => new HardSwish(), [3, 7], [3, 7]),
        new("embedding", random => new Embedding(5, 3, random: random), [4, 6], [4, 6, 3]) { Tokens = 5 },
        new("embedding with padding", random => new Embedding(5, 4, padding: 4, random: random), [4, 3], [4, 3, 4]) { Tokens = 4 },
        new("rnn", random => new Rnn(3, 4, random: random), [2, 4, 3], [2, 4, 4]),
        new("rnn, two layers, both directions", random => new Rnn(3, 4, layers: 2, bidirectional: true, random: random), [2, 4, 3], [2, 4, 8]),
        new("lstm", random => new Lstm(3, 4, random: random), [2, 4, 3], [2, 4, 4]),
        new("lstm, two layers, both directions", random => new Lstm(3, 4, layers: 2, bidirectional: true, random: random), [2, 4, 3], [2, 4, 8]),
        new("gru", random => new Gru(3, 4, random: random), [2, 4, 3], [2, 4, 4]),
        new("gru, two layers, both directions, without bias", random => new Gru(3, 4, layers: 2, bidirectional: true, bias: false, random: random), [2, 4, 3], [2, 4, 8]),
        new("conditional random field", random => new ConditionalRandomField(3, random), [2, 4, 3], [2]),
        new("arc face", random => new ArcFace(4, 3, scale: 4, random: random), [3, 4], [3, 3]),
        new("cos face", random => new CosFace(4, 3, scale: 4, random: random), [3, 4], [3, 3]),
        new("multi-head attention", random => new MultiHeadAttention(6, 2, random: random), [2, 4, 6], [2, 4, 6]),
        new("multi-head attention, rotary, dropout, without bias", random => new MultiHeadAttention(8, 2, dropout: 0.3f, bias: false, rotary: true, random: random), [2, 3, 8], [2, 3, 8]),
        new("additive attention", random => new AdditiveAttention(3, 3, 4, random), [2, 4, 3], [2, 4, 3]),
        new("additive attention to a memory of its own", random => new FirstFeaturesAsk(new AdditiveAttention(2, 3, 5, random)), [2, 4, 3], [2, 4, 3]),
        new("multiplicative attention", random => new MultiplicativeAttention(3, 3, random: random), [2, 4, 3], [2, 4, 3]),
        new("multiplicative attention, dot", _ => new MultiplicativeAttention(3, 3, general: false), [2, 4, 3], [2, 4, 3]),
        new("sinusoidal positions", _ => new SinusoidalPositions(), [2, 3, 5], [2, 3, 5]),
        new("learned positions", random => new LearnedPositions(4, 3, random), [2, 3, 3], [2, 3, 3]),
        new("rotary positions", _ => new RotaryPositions(2), [2, 3, 8], [2, 3, 8]),
        new("transformer encoder", random => new TransformerEncoderLayer(6, 2, 5, random: random), [2, 3, 6], [2, 3, 6]),
        new("transformer encoder, norm first, gelu", random => new TransformerEncoderLayer(8, 2, 5, normFirst: true, gelu: true, rotary: true, random: random), [2, 3, 8], [2, 3, 8]),
        new("transformer decoder", random => new ItsOwnMemory(new TransformerDecoderLayer(6, 2, 5, random: random)), [2, 3, 6], [2, 3, 6]),
        new("transformer decoder, norm first", random => new ItsOwnMemory(new TransformerDecoderLayer(6, 3, 5, normFirst: true, gelu: true, random: random)), [2, 3, 6], [2, 3, 6]),
        new("sequential", random => new Sequential(new Linear(4, 6, random: random), new Tanh(), new Linear(6, 2, random: random)), [3, 4], [3, 2]),
        new("residual", random => new Residual(new Linear(4, 4, random: random)), [3, 4], [3, 4]),
        new("residual with a shortcut", random => new Residual(new Linear(4, 2, random: random), new Linear(4, 2, random: random)), [3, 4], [3, 2]),
    ];

    public static TheoryData<string> Names => [.. All.Select(layer => layer.Name)];

    public static LayerCase Get(string name) => All.Single(layer => layer.Name == name);

    /// <summary>Distinct values around 0, none nearer than 0.05 to 0 or to another: no kink lies within a difference quotient's step.</summary>
    public static Tensor Values(Shape shape, ulong seed)
    {
        var order = new RandomSource(seed).Permutation(shape.Count);
        return Tensor.From([.. order.Select(place => (place - shape.Count / 2 + 0.5f) * Math.Max(0.1f, 4f / shape.Count))], shape);
    }

    /// <summary>The layer's input: <see cref="Values(Shape, ulong)"/>, or tokens.</summary>
    public Tensor Values(ulong seed)
    {
        if (Tokens is not { } tokens) return Values(Input, seed);
        var random = new RandomSource(seed);
        return Tensor.From([.. Enumerable.Range(0, Input.Count).Select(_ => (float)random.Next(tokens))], Input);
    }

    public override string ToString() => Name;

    /// <summary>A decoder layer under the contract of layers with one input.</summary>
    private sealed class ItsOwnMemory(TransformerDecoderLayer decoder) : Layer
    {
        private readonly TransformerDecoderLayer _decoder = decoder;

        public override Tensor Forward(Tensor x) => _decoder.Forward(x, x);
    }
}
