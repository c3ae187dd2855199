using Gradus.Layers;

namespace Gradus.Zoo;

/// <summary>The residual network of 20 layers for small photographs; shortcuts that change the shape are projections.</summary>
/// <remarks>He, Zhang, Ren and Sun 2016, https://arxiv.org/abs/1512.03385, section 4.2.</remarks>
public sealed class ResNet20 : Architecture
{
    /// <inheritdoc/>
    public override string Name => "resnet-20";

    /// <inheritdoc/>
    public override string Description => "residual network of 20 layers for CIFAR-10";

    /// <inheritdoc/>
    public override Shape Input => [3, 32, 32];

    /// <inheritdoc/>
    public override int Outputs => 10;

    /// <inheritdoc/>
    public override TrainingDefaults Defaults => new() { Batch = 128, Optimizer = "sgd", LearningRate = 0.1f };

    /// <inheritdoc/>
    protected override Layer Create(Shape input, int outputs, RandomSource random)
        => new ResidualNetwork(
            new Conv2d(input[0], 16, 3, same: true, bias: false, random: random), stemPool: null, [16, 32, 64], blocks: 3, outputs, random);
}
