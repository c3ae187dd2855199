using Gradus.Layers;

namespace Gradus.Zoo;

/// <summary>A tagger of 50 word vectors: gated recurrent units, 128 of them in one direction, and a random field over their tags.</summary>
/// <remarks>Cho et al. 2014, https://arxiv.org/abs/1406.1078, in the place of the LSTM of Huang, Xu and Yu 2015, https://arxiv.org/abs/1508.01991, section 2.4.</remarks>
public sealed class GruCrf : Architecture
{
    /// <inheritdoc/>
    public override string Name => "gru-crf";

    /// <inheritdoc/>
    public override string Description => "tagging: GRU of 128 units over 50 word vectors of 100, random field on its tags (Huang et al. 2015)";

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
        new SequenceTagger(new Gru(input[1], hidden: 128, random: random), outputs, random);
}
