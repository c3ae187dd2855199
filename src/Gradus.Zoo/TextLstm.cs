using Gradus.Layers;

namespace Gradus.Zoo;

/// <summary>An LSTM of 128 units for texts of 50 word vectors.</summary>
public sealed class TextLstm : Architecture
{
    /// <inheritdoc/>
    public override string Name => "text-lstm";

    /// <inheritdoc/>
    public override string Description => "LSTM of 128 units over 50 word vectors of 100, dense on its last state (Hochreiter and Schmidhuber 1997)";

    /// <inheritdoc/>
    public override Shape Input => [50, 100];

    /// <inheritdoc/>
    public override int Outputs => 10;

    /// <inheritdoc/>
    public override TrainingDefaults Defaults => new() { Epochs = 3, LearningRate = 3e-3f };

    /// <inheritdoc/>
    protected override Layer Create(Shape input, int outputs, RandomSource random) =>
        new SequenceClassifier(new Lstm(input[1], hidden: 128, random: random), outputs, random);
}
