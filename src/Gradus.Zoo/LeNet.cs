using Gradus.Layers;

namespace Gradus.Zoo;

/// <summary>LeNet-5 with ReLU and max-pooling.</summary>
/// <remarks>LeCun, Bottou, Bengio and Haffner 1998, "Gradient-based learning applied to document recognition".</remarks>
public sealed class LeNet : Architecture
{
    /// <inheritdoc/>
    public override string Name => "lenet";

    /// <inheritdoc/>
    public override string Description => "LeNet-5 of 1998, with ReLU and max-pooling";

    /// <inheritdoc/>
    public override Shape Input => [1, 28, 28];

    /// <inheritdoc/>
    public override int Outputs => 10;

    /// <inheritdoc/>
    public override TrainingDefaults Defaults => new() { Epochs = 5, LearningRate = 2e-3f };

    /// <inheritdoc/>
    protected override Layer Create(Shape input, int outputs, RandomSource random)
    {
        int height = Slide(Slide(Slide(input[1], 2, stride: 2), 5), 2, stride: 2); // 28 -> 14 -> 10 -> 5
        int width = Slide(Slide(Slide(input[2], 2, stride: 2), 5), 2, stride: 2);
        return new Sequential(
            new Conv2d(input[0], 6, 5, same: true, random: random),
            new Relu(),
            new MaxPool2d(2),
            new Conv2d(6, 16, 5, random: random),
            new Relu(),
            new MaxPool2d(2),
            new Flatten(),
            new Linear(16 * height * width, 120, random: random),
            new Relu(),
            new Linear(120, 84, random: random),
            new Relu(),
            new Linear(84, outputs, random: random));
    }
}
