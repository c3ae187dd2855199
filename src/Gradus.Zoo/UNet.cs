using Gradus.Layers;
using Gradus.Ops;

namespace Gradus.Zoo;

/// <summary>
/// A network that labels every pixel: down to an eighth of the picture, up again by transposed convolutions, and at each size the picture from
/// the way down beside the one from below. A quarter of the paper's channels, one level less, padded and normalised.
/// </summary>
/// <remarks>Ronneberger, Fischer and Brox 2015, https://arxiv.org/abs/1505.04597, figure 1.</remarks>
public sealed class UNet : Architecture
{
    private const int Halvings = 3;

    /// <inheritdoc/>
    public override string Name => "unet";

    /// <inheritdoc/>
    public override string Description => "segmentation: down to an eighth and up again with skips, 16 to 128 channels; one logit for each class and pixel";

    /// <inheritdoc/>
    public override Shape Input => [3, 64, 64];

    /// <inheritdoc/>
    public override int Outputs => 2;

    /// <inheritdoc/>
    public override LearningTask Task => LearningTask.Segmentation;

    /// <inheritdoc/>
    public override TrainingDefaults Defaults => new() { Batch = 16 };

    /// <inheritdoc/>
    protected override Layer Create(Shape input, int outputs, RandomSource random)
    {
        const int Unit = 1 << Halvings;
        if (input[1] % Unit != 0 || input[2] % Unit != 0 || input[1] * input[2] == 0)
            throw new ShapeException($"{Name} halves pictures {Halvings} times: height and width must be multiples of {Unit}; got {input}");
        return new Network(input[0], outputs, random);
    }

    private sealed class Network(int channels, int outputs, RandomSource random) : Layer
    {
        private readonly Sequential[] _down = [Block(channels, 16, random), Block(16, 32, random), Block(32, 64, random)];
        private readonly Sequential _bottom = Block(64, 128, random);
        private readonly TransposedConv2d[] _enlarge = [Enlarge(128, 64, random), Enlarge(64, 32, random), Enlarge(32, 16, random)];
        private readonly Sequential[] _up = [Block(128, 64, random), Block(64, 32, random), Block(32, 16, random)];
        private readonly Conv2d _classify = new(16, outputs, 1, random: random);
        private readonly MaxPool2d _pool = new(2);

        public override Tensor Forward(Tensor x)                         // [n, 3, h, w]
        {
            var first = _down[0].Forward(x);                             // [n, 16, h, w]
            var second = _down[1].Forward(_pool.Forward(first));         // [n, 32, h / 2, w / 2]
            var third = _down[2].Forward(_pool.Forward(second));         // [n, 64, h / 4, w / 4]
            x = _bottom.Forward(_pool.Forward(third));                   // [n, 128, h / 8, w / 8]
            x = _up[0].Forward(Tensor.Concat(1, third, _enlarge[0].Forward(x)));  // [n, 64, h / 4, w / 4]
            x = _up[1].Forward(Tensor.Concat(1, second, _enlarge[1].Forward(x))); // [n, 32, h / 2, w / 2]
            x = _up[2].Forward(Tensor.Concat(1, first, _enlarge[2].Forward(x)));  // [n, 16, h, w]
            return _classify.Forward(x);                                 // [n, classes, h, w] logits
        }

        private static Sequential Block(int channels, int outputs, RandomSource random) => new(
            new Conv2d(channels, outputs, 3, same: true, bias: false, random: random),
            new BatchNorm(outputs),
            new Relu(),
            new Conv2d(outputs, outputs, 3, same: true, bias: false, random: random),
            new BatchNorm(outputs),
            new Relu());

        private static TransposedConv2d Enlarge(int channels, int outputs, RandomSource random) => new(channels, outputs, 2, stride: 2, random: random);
    }
}
