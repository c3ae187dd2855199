using Gradus.Layers;

namespace Gradus.Zoo;

/// <summary>Two 3x3 convolutions of 64 channels without padding, each with ReLU and pooling, and one dense layer.</summary>
public sealed class Cnn32 : Architecture
{
    /// <inheritdoc/>
    public override string Name => "cnn-32";

    /// <inheritdoc/>
    public override string Description => "two unpadded 3x3 convolutions of 64 channels for small colour photographs";

    /// <inheritdoc/>
    public override Shape Input => [3, 32, 32];

    /// <inheritdoc/>
    public override int Outputs => 10;

    /// <inheritdoc/>
    public override TrainingDefaults Defaults => new() { Epochs = 10, Batch = 32, LearningRate = 0.002f }; // without dropout, the noise of small batches is what regularises

    /// <inheritdoc/>
    protected override Layer Create(Shape input, int outputs, RandomSource random)
    {
        int height = Slide(Slide(Slide(Slide(input[1], 3), 2, stride: 2), 3), 2, stride: 2); // 32 -> 30 -> 15 -> 13 -> 6
        int width = Slide(Slide(Slide(Slide(input[2], 3), 2, stride: 2), 3), 2, stride: 2);
        return new Sequential(
            new Conv2d(input[0], 64, 3, random: random),
            new Relu(),
            new MaxPool2d(2),
            new Conv2d(64, 64, 3, random: random),
            new Relu(),
            new MaxPool2d(2),
            new Flatten(),
            new Linear(64 * height * width, outputs, random: random));
    }
}
