using Gradus.Layers;
using Gradus.Ops;

namespace Gradus.Zoo;

/// <summary>
/// Inverted residuals for small photographs: a 1x1 convolution widens, a depthwise 3x3 convolution looks around, and a 1x1 convolution without
/// activation narrows again. Fewer and narrower blocks than the paper's, and strides of 4 in all; names as in torchvision.
/// </summary>
/// <remarks>Sandler, Howard, Zhu, Zhmoginov and Chen 2018, https://arxiv.org/abs/1801.04381, tables 1 and 2.</remarks>
public sealed class MobileNetSmall : Architecture
{
    private const int Stem = 16, Head = 384;

    // expansion, channels, blocks, stride of the first
    private static readonly (int Expansion, int Channels, int Blocks, int Stride)[] Stages = [(1, 16, 1, 1), (6, 24, 2, 1), (6, 32, 3, 2), (6, 64, 3, 2), (6, 96, 2, 1)];

    /// <inheritdoc/>
    public override string Name => "mobilenet-small";

    /// <inheritdoc/>
    public override string Description => "11 inverted residuals with depthwise convolutions, after MobileNetV2, for small photographs";

    /// <inheritdoc/>
    public override Shape Input => [3, 32, 32];

    /// <inheritdoc/>
    public override int Outputs => 10;

    /// <inheritdoc/>
    public override TrainingDefaults Defaults => new() { Batch = 128, Optimizer = "sgd", LearningRate = 0.1f };

    /// <inheritdoc/>
    protected override Layer Create(Shape input, int outputs, RandomSource random) => new Network(input[0], outputs, random);

    private static Sequential Unit(int channels, int outputs, int kernel, RandomSource random, int stride = 1, int groups = 1) => new(
        new Conv2d(channels, outputs, kernel, stride, kernel / 2, groups: groups, bias: false, random: random),
        new BatchNorm(outputs),
        new Relu6());

    private sealed class Network(int channels, int outputs, RandomSource random) : Layer
    {
        private readonly Sequential _features = Features(channels, random);
        private readonly GlobalAveragePool2d _average = new();
        private readonly Sequential _classifier = new(new Dropout(0.2f, new RandomSource(random.Seed + 1)), new Linear(Head, outputs, random: random));

        public override Tensor Forward(Tensor x)                         // [n, 3, 32, 32]
        {
            x = _features.Forward(x);                                    // [n, 384, 8, 8]
            return _classifier.Forward(_average.Forward(x));             // [n, 10] logits
        }

        private static Sequential Features(int channels, RandomSource random)
        {
            List<Layer> layers = [Unit(channels, Stem, 3, random)];
            int width = Stem;
            foreach (var (expansion, wide, blocks, stride) in Stages)
            {
                for (int i = 0; i < blocks; i++, width = wide) layers.Add(new InvertedResidual(width, wide, expansion, i == 0 ? stride : 1, random));
            }

            return new Sequential([.. layers, Unit(width, Head, 1, random)]);
        }
    }

    private sealed class InvertedResidual(int channels, int outputs, int expansion, int stride, RandomSource random) : Layer
    {
        private readonly Sequential _conv = new(
        [
            .. expansion == 1 ? Array.Empty<Layer>() : [Unit(channels, channels * expansion, 1, random)],
            Unit(channels * expansion, channels * expansion, 3, random, stride, groups: channels * expansion),
            new Conv2d(channels * expansion, outputs, 1, bias: false, random: random),
            new BatchNorm(outputs),
        ]);

        public override Tensor Forward(Tensor x) => stride == 1 && channels == outputs ? x + _conv.Forward(x) : _conv.Forward(x);
    }

    /// <summary>min(max(x, 0), 6): bounded, so that few bits suffice in use.</summary>
    private sealed class Relu6 : Layer
    {
        public override Tensor Forward(Tensor x) => x.Relu() - (x - 6).Relu();
    }
}
