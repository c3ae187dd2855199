using Gradus.Layers;

namespace Gradus.Zoo;

/// <summary>Two 3x3 convolutions of 32 and 64 channels without padding and a hidden layer of 128, for photographs of 128x128.</summary>
public sealed class Cnn128 : Architecture
{
    /// <inheritdoc/>
    public override string Name => "cnn-128";

    /// <inheritdoc/>
    public override string Description => "two unpadded 3x3 convolutions of 32 and 64 channels and a hidden layer of 128 for larger photographs";

    /// <inheritdoc/>
    public override Shape Input => [3, 128, 128];

    /// <inheritdoc/>
    public override int Outputs => 2;

    /// <inheritdoc/>
    public override TrainingDefaults Defaults => new() { Batch = 32 };

    /// <inheritdoc/>
    protected override Layer Create(Shape input, int outputs, RandomSource random)
    {
        int height = Slide(Slide(Slide(Slide(input[1], 3), 2, stride: 2), 3), 2, stride: 2); // 128 -> 126 -> 63 -> 61 -> 30
        int width = Slide(Slide(Slide(Slide(input[2], 3), 2, stride: 2), 3), 2, stride: 2);
        return new Sequential(
            new Conv2d(input[0], 32, 3, random: random),
            new Relu(),
            new MaxPool2d(2),
            new Conv2d(32, 64, 3, random: random),
            new Relu(),
            new MaxPool2d(2),
            new Flatten(),
            new Linear(64 * height * width, 128, random: random),
            new Relu(),
            new Linear(128, outputs, random: random));
    }
}
