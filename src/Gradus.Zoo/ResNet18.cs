using Gradus.Layers;

namespace Gradus.Zoo;

/// <summary>The residual network of 18 layers for large photographs, with torchvision's parameter names.</summary>
/// <remarks>He, Zhang, Ren and Sun 2016, https://arxiv.org/abs/1512.03385, table 1.</remarks>
public sealed class ResNet18 : Architecture
{
    /// <inheritdoc/>
    public override string Name => "resnet-18";

    /// <inheritdoc/>
    public override string Description => "residual network of 18 layers for ImageNet, names as in torchvision";

    /// <inheritdoc/>
    public override Shape Input => [3, 224, 224];

    /// <inheritdoc/>
    public override int Outputs => 1000;

    /// <inheritdoc/>
    public override TrainingDefaults Defaults => new() { Batch = 32, Optimizer = "sgd", LearningRate = 0.05f };

    /// <inheritdoc/>
    protected override Layer Create(Shape input, int outputs, RandomSource random)
        => new ResidualNetwork(
            new Conv2d(input[0], 64, 7, stride: 2, padding: new Padding2d(3, 3, 3, 3), bias: false, random: random),
            new MaxPool2d(3, 2, new Padding2d(1, 1, 1, 1)),
            [64, 128, 256, 512],
            blocks: 2,
            outputs,
            random);
}
