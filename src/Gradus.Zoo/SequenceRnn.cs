using Gradus.Layers;

namespace Gradus.Zoo;

/// <summary>A plain recurrent network of 10 ReLU units for short sequences.</summary>
public sealed class SequenceRnn : Architecture
{
    /// <inheritdoc/>
    public override string Name => "sequence-rnn";

    /// <inheritdoc/>
    public override string Description => "recurrent network of 10 ReLU units, dense on its last state (Elman 1990; ReLU: Le, Jaitly and Hinton 2015)";

    /// <inheritdoc/>
    public override Shape Input => [10, 3];

    /// <inheritdoc/>
    public override int Outputs => 2;

    /// <inheritdoc/>
    public override TrainingDefaults Defaults => new() { Epochs = 3, LearningRate = 2e-3f };

    /// <inheritdoc/>
    protected override Layer Create(Shape input, int outputs, RandomSource random) =>
        new SequenceClassifier(new Rnn(input[1], hidden: 10, relu: true, random: random), outputs, random);
}
