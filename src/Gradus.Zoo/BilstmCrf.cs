using Gradus.Layers;

namespace Gradus.Zoo;

/// <summary>A tagger of 50 word vectors: an LSTM of 100 units in each direction, and a random field over its tags.</summary>
/// <remarks>Huang, Xu and Yu 2015, https://arxiv.org/abs/1508.01991; sizes of Lample et al. 2016, https://arxiv.org/abs/1603.01360.</remarks>
public sealed class BilstmCrf : Architecture
{
    /// <inheritdoc/>
    public override string Name => "bilstm-crf";

    /// <inheritdoc/>
    public override string Description => "tagging: LSTM of 100 units in both directions over 50 word vectors of 100, random field on its tags (Huang et al. 2015)";

    /// <inheritdoc/>
    public override Shape Input => [50, 100];

    /// <inheritdoc/>
    public override int Outputs => 9;

    /// <inheritdoc/>
    public override LearningTask Task => LearningTask.SequenceTagging;

    /// <inheritdoc/>
    public override TrainingDefaults Defaults => new() { Epochs = 5, Batch = 32, LearningRate = 5e-3f };

    /// <inheritdoc/>
    protected override Layer Create(Shape input, int outputs, RandomSource random) =>
        new SequenceTagger(new Lstm(input[1], hidden: 100, bidirectional: true, random: random), outputs, random);
}
