namespace Gradus.Zoo;

/// <summary>An LSTM that translates token sequences, with additive attention to an encoder of both directions.</summary>
/// <remarks>Bahdanau, Cho and Bengio 2015, https://arxiv.org/abs/1409.0473; sizes for a CPU.</remarks>
public sealed class Seq2SeqAdditive : TranslationArchitecture
{
    /// <inheritdoc/>
    public override string Name => "seq2seq-additive";

    /// <inheritdoc/>
    public override string Description => "sequence to sequence: LSTM in both directions of 128 units each, additive attention, LSTM of 128 (Bahdanau et al. 2015)";

    /// <inheritdoc/>
    private protected override SequenceToSequence Create(int vocabulary, RandomSource random) =>
        new AdditiveSequenceToSequence(vocabulary, vocabulary, width: 64, hidden: 128, random: random);
}
