using Gradus.Layers;

namespace Gradus.Zoo;

/// <summary>A multilayer perceptron over all pixels: two hidden layers with ReLU.</summary>
public sealed class Mlp : Architecture
{
    /// <inheritdoc/>
    public override string Name => "mlp";

    /// <inheritdoc/>
    public override string Description => "two hidden layers of 256 and 128 over all pixels";

    /// <inheritdoc/>
    public override Shape Input => [1, 28, 28];

    /// <inheritdoc/>
    public override int Outputs => 10;

    /// <inheritdoc/>
    public override TrainingDefaults Defaults => new() { Epochs = 5 };

    /// <inheritdoc/>
    protected override Layer Create(Shape input, int outputs, RandomSource random) => new Sequential(
        new Flatten(),
        new Linear(input.Count, 256, random: random),
        new Relu(),
        new Linear(256, 128, random: random),
        new Relu(),
        new Linear(128, outputs, random: random));
}
