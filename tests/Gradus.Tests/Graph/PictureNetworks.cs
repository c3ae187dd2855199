using Gradus.Layers;
using static Gradus.Ops.AdaptiveAveragePool2dExtensions;
using static Gradus.Ops.ArithmeticOperators;
using static Gradus.Ops.ConcatExtensions;
using static Gradus.Ops.ExponentialExtensions;
using static Gradus.Ops.PowerExtensions;
using static Gradus.Ops.ReluExtensions;
using static Gradus.Ops.TanhExtensions;
using static Gradus.Ops.Upsample2dExtensions;

namespace Gradus.Tests.Graph;

/// <summary>Small networks of every operation that has a blocked form, in the arrangements that rewrites look for.</summary>
internal static class PictureNetworks
{
    public const int Classes = 4;

    public static TheoryData<string> Names => new(All.Keys);

    /// <summary>By name: how to build it, the shape of a batch, and the operations that its training plan must use.</summary>
    public static readonly IReadOnlyDictionary<string, (Func<RandomSource, Layer> Build, Shape Input, string[] Uses)> All =
        new Dictionary<string, (Func<RandomSource, Layer>, Shape, string[])>
        {
            ["residual"] = (random => new Network(
                new Conv2d(3, 20, 7, stride: 2, padding: 3, bias: false, random: random), new BatchNorm(20), new Relu(), new MaxPool2d(3, 2, 1),
                new Block(20, 20, 1, random), new Block(20, 33, 2, random), new GlobalAveragePool2d(), new Flatten(), new Linear(33, Classes, random: random)),
                [5, 3, 37, 41], ["BlockedConvolution", "BlockedBatchNormalization", "BlockedMaxPool2d", "BlockedGlobalAveragePool"]),
            ["plain stack"] = (random => new Network(
                new Conv2d(1, 16, 3, padding: 1, random: random), new Relu(), new Conv2d(16, 32, 3, padding: 1, random: random), new Relu(), new MaxPool2d(2),
                new Conv2d(32, 17, 5, padding: 2, random: random), new Relu(), new AveragePool2d(2), new Flatten(), new Linear(17 * 7 * 7, Classes, random: random)),
                [3, 1, 28, 28], ["BlockedConvolution", "BlockedConvolutionPool", "BlockedAveragePool2d"]),
            ["strides and dilation"] = (random => new Network(
                new Conv2d(20, 24, new Size2d(3, 2), stride: new Size2d(2, 1), padding: new Padding2d(1, 0, 2, 1), random: random), new Sigmoid(),
                new Conv2d(24, 40, 3, dilation: 2, random: random), new Tanh(), new AveragePool2d(3, 2, 1), new Gelu(),
                new Conv2d(40, 9, 1, random: random), new GlobalAveragePool2d(), new Flatten(), new Linear(9, Classes, random: random)),
                [2, 20, 30, 21], ["BlockedConvolution", "BlockedAveragePool2d", "Gelu"]),
            ["depthwise"] = (random => new Network(
                new Conv2d(3, 24, 3, padding: 1, bias: false, random: random), new BatchNorm(24), new Relu(),
                new Conv2d(24, 24, 3, padding: 1, groups: 24, bias: false, random: random), new BatchNorm(24), new Relu(), new Conv2d(24, 40, 1, random: random), new Sigmoid(),
                new Conv2d(40, 40, new Size2d(5, 4), stride: 2, padding: new Padding2d(2, 1, 2, 0), groups: 40, random: random), new Relu(),
                new AdaptiveAveragePool2d(3), new Flatten(), new Linear(360, Classes, random: random)),
                [5, 3, 17, 19], ["BlockedConvolution", "BlockedDepthwiseConvolution", "BlockedBatchNormalization"]),
            ["pictures first read by depthwise convolutions"] = (random => new Network(
                new Conv2d(18, 18, 3, groups: 18, random: random), new Tanh(), new GlobalAveragePool2d(), new Linear(18, Classes, random: random)),
                [2, 18, 6, 7], ["BlockedDepthwiseConvolution", "BlockedGlobalAveragePool"]),
            ["down and up"] = (random => new Network(
                new DownAndUp(random), new Conv2d(64, 9, 1, random: random), new AdaptiveMaxPool2d(new Size2d(4, 2)), new Flatten(), new Linear(72, Classes, random: random)),
                [3, 2, 8, 12], ["BlockedTransposedConvolution", "Upsample2d", "Concat", "BlockedAveragePool2d", "BlockedMaxPool2d"]),
            ["side by side, blocks not full"] = (random => new Network(
                new SideBySide(random), new GlobalAveragePool2d(), new Linear(37, Classes, random: random)), [2, 3, 6, 5], ["BlockedConvolution", "Concat", "FromBlocked"]),
            ["activations"] = (random => new Network(
                new Conv2d(3, 20, 3, padding: 1, random: random), new PRelu(20), new Conv2d(20, 24, 3, random: random), new LeakyRelu(0.1f), new MaxPool2d(3, 2),
                new Silu(), new Conv2d(24, 33, 3, random: random), new HardSwish(), new AveragePool2d(2), new Softplus(),
                new Conv2d(33, 17, 1, random: random), new PRelu(), new Elu(), new GlobalAveragePool2d(), new Flatten(), new Linear(17, Classes, random: random)),
                [3, 3, 23, 21], ["BlockedConvolution", "BlockedPRelu", "LeakyRelu", "Silu", "HardSwish", "Softplus"]),
            // the lanes behind the 18th channel are 0, where these functions or their derivatives are infinite; the bias keeps the channels away
            ["functions that are not finite at 0"] = (random => new Network(
                Lifted(new Conv2d(3, 18, 3, random: random)), new Function(x => x.Sqrt()), Lifted(new Conv2d(18, 18, 3, random: random)), new Function(x => x.Log()),
                Lifted(new Conv2d(18, 18, 3, random: random)), new Function(x => x / (x * x)), Lifted(new Conv2d(18, 18, 3, random: random)), new Function(x => x.Reciprocal()),
                Lifted(new Conv2d(18, 9, 3, random: random)), new Function(x => x.Pow(-0.3f)), new Conv2d(9, 9, 1, random: random),
                new GlobalAveragePool2d(), new Flatten(), new Linear(9, Classes, random: random)),
                [2, 3, 19, 17], ["BlockedConvolution", "SquareRoot", "Logarithm", "Reciprocal", "Power"]),
            ["one image, many channels"] = (random => new Network(
                new Conv2d(130, 140, 3, padding: 1, bias: false, random: random), new BatchNorm(140), new Conv2d(140, 140, 1, random: random), new Relu(),
                new GlobalAveragePool2d(), new Flatten(), new Linear(140, Classes, random: random)),
                [1, 130, 7, 7], ["BlockedConvolution", "BlockedBatchNormalization"]),
        };

    public static (Tensor X, IntTensor Labels) Batch(Shape shape, ulong seed)
    {
        var random = new RandomSource(seed);
        var x = Tensor.Zeros(shape);
        random.Normal(x.Span, 0.3f, 1);
        return (x, new IntTensor([.. Enumerable.Range(0, shape[0]).Select(_ => random.Next(Classes))]));
    }

    // Far enough above 0 that no sum of three deviations reaches it.
    private static Conv2d Lifted(Conv2d convolution)
    {
        System.Numerics.Tensors.TensorPrimitives.Multiply(convolution.Weight.Span, 0.2f, convolution.Weight.Span);
        convolution.Bias!.Span.Fill(4);
        return convolution;
    }

    /// <summary>Agreement relative to the greatest magnitude.</summary>
    public static void Close(Tensor expected, Tensor actual, float tolerance, string what)
    {
        float scale = expected.ToArray().Max(MathF.Abs) + 3e-3f; // some gradients are zero but for rounding: of a bias before batch normalisation
        for (int i = 0; i < expected.Count; i++)
            Assert.True(Math.Abs(expected.Span[i] - actual.Span[i]) <= tolerance * scale, $"{what} {expected.Shape} at {i}: {expected.Span[i]} != {actual.Span[i]}");
    }

    private sealed class Network(params Layer[] layers) : Layer
    {
        private readonly Layer[] _layers = layers;

        public override Tensor Forward(Tensor x)
        {
            foreach (var layer in _layers) x = layer.Forward(x);
            return x;
        }
    }

    private sealed class SideBySide(RandomSource random) : Layer
    {
        private readonly Conv2d _left = new(3, 20, 3, padding: 1, random: random), _right = new(3, 17, 1, random: random);

        public override Tensor Forward(Tensor x) => Tensor.Concat(1, _left.Forward(x), _right.Forward(x).Tanh());
    }

    private sealed class DownAndUp(RandomSource random) : Layer
    {
        private readonly Conv2d _first = new(2, 16, 3, padding: 1, random: random), _second = new(16, 24, 3, padding: 1, random: random);
        private readonly TransposedConv2d _up = new(24, 16, 3, stride: 2, padding: 1, outputPadding: 1, random: random);
        private readonly TransposedConv2d _unbiased = new(24, 32, 2, stride: 2, bias: false, random: random);

        public override Tensor Forward(Tensor x)
        {
            var high = _first.Forward(x).Tanh();                                     // [n, 16, h, w]
            var low = _second.Forward(high.AdaptiveAveragePool2d(new Size2d(4, 6))).Tanh(); // [n, 24, h / 2, w / 2]
            var wide = (_unbiased.Forward(low) * 0.5f).UpsampleNearest(new Size2d(4, 6)).UpsampleBilinear(new Size2d(8, 12)); // [n, 32, h, w]
            return Tensor.Concat(1, high, wide, _up.Forward(low));                   // [n, 64, h, w]
        }
    }

    private sealed class Function(Func<Tensor, Tensor> function) : Layer
    {
        public override Tensor Forward(Tensor x) => function(x);
    }

    private sealed class Block(int channels, int outputs, int stride, RandomSource random) : Layer
    {
        private readonly Conv2d _first = new(channels, outputs, 3, stride, 1, bias: false, random: random), _second = new(outputs, outputs, 3, padding: 1, random: random);
        private readonly BatchNorm _firstNorm = new(outputs), _secondNorm = new(outputs);
        private readonly Sequential? _shortcut = stride == 1 ? null : new(new Conv2d(channels, outputs, 1, stride, bias: false, random: random), new BatchNorm(outputs));

        public override Tensor Forward(Tensor x)
        {
            var body = _firstNorm.Forward(_first.Forward(x)).Relu();
            body = _secondNorm.Forward(_second.Forward(body));
            return ((_shortcut?.Forward(x) ?? x) + body).Relu();
        }
    }
}
