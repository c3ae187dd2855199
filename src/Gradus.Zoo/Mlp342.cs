using Gradus.Layers;

namespace Gradus.Zoo;

/// <summary>The smallest network of the textbooks: 3 inputs, 4 hidden units with ReLU, 2 outputs; trained with the mean squared error.</summary>
public sealed class Mlp342 : Architecture
{
    /// <inheritdoc/>
    public override string Name => "mlp-3-4-2";

    /// <inheritdoc/>
    public override string Description => "3 inputs, 4 hidden units, 2 outputs: small enough to work out by hand";

    /// <inheritdoc/>
    public override Shape Input => [3];

    /// <inheritdoc/>
    public override int Outputs => 2;

    /// <inheritdoc/>
    protected override Layer Create(Shape input, int outputs, RandomSource random) => new Sequential(
        new Linear(input[0], 4, random: random),
        new Relu(),
        new Linear(4, outputs, random: random));
}
