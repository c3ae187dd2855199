using Gradus.Layers;

namespace Gradus.Zoo;

/// <summary>An LSTM of 10 units for short sequences.</summary>
public sealed class SequenceLstm : Architecture
{
    /// <inheritdoc/>
    public override string Name => "sequence-lstm";

    /// <inheritdoc/>
    public override string Description => "LSTM of 10 units, dense on its last state (Hochreiter and Schmidhuber 1997)";

    /// <inheritdoc/>
    public override Shape Input => [10, 3];

    /// <inheritdoc/>
    public override int Outputs => 2;

    /// <inheritdoc/>
    public override TrainingDefaults Defaults => new() { Epochs = 3, LearningRate = 5e-3f };

    /// <inheritdoc/>
    protected override Layer Create(Shape input, int outputs, RandomSource random) =>
        new SequenceClassifier(new Lstm(input[1], hidden: 10, random: random), outputs, random);
}
