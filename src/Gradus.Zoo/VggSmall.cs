using Gradus.Layers;

namespace Gradus.Zoo;

/// <summary>Three blocks of two 3x3 convolutions of 64, 128 and 256 channels with batch normalisation, each halved by a pool, and a hidden layer.</summary>
/// <remarks>
/// The style of Simonyan and Zisserman 2015, https://arxiv.org/abs/1409.1556, section 2.1, for small photographs; normalised after Ioffe and
/// Szegedy 2015, https://arxiv.org/abs/1502.03167.
/// </remarks>
public sealed class VggSmall : Architecture
{
    /// <inheritdoc/>
    public override string Name => "vgg-small";

    /// <inheritdoc/>
    public override string Description => "six 3x3 convolutions of 64, 128 and 256 channels with batch normalisation, hidden layer of 256";

    /// <inheritdoc/>
    public override Shape Input => [3, 32, 32];

    /// <inheritdoc/>
    public override int Outputs => 10;

    /// <inheritdoc/>
    public override TrainingDefaults Defaults => new() { Batch = 128, Optimizer = "sgd", LearningRate = 0.05f };

    /// <inheritdoc/>
    protected override Layer Create(Shape input, int outputs, RandomSource random)
    {
        int height = Slide(Slide(Slide(input[1], 2, stride: 2), 2, stride: 2), 2, stride: 2); // 32 -> 16 -> 8 -> 4
        int width = Slide(Slide(Slide(input[2], 2, stride: 2), 2, stride: 2), 2, stride: 2);
        return new Sequential(
            Block(input[0], 64, random),                          // [n, 64, 16, 16]
            Block(64, 128, random),                               // [n, 128, 8, 8]
            Block(128, 256, random),                              // [n, 256, 4, 4]
            new Flatten(),
            new Linear(256 * height * width, 256, random: random),
            new Relu(),
            new Dropout(0.5f, new RandomSource(random.Seed + 1)),
            new Linear(256, outputs, random: random));
    }

    private static Sequential Block(int channels, int outputs, RandomSource random) => new(
        new Conv2d(channels, outputs, 3, same: true, bias: false, random: random),
        new BatchNorm(outputs),
        new Relu(),
        new Conv2d(outputs, outputs, 3, same: true, bias: false, random: random),
        new BatchNorm(outputs),
        new Relu(),
        new MaxPool2d(2));
}
