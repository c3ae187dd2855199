namespace Gradus.Zoo;

/// <summary>An LSTM that translates token sequences, with multiplicative attention to an encoder of as many layers.</summary>
/// <remarks>Luong, Pham and Manning 2015, https://arxiv.org/abs/1508.04025; sizes for a CPU.</remarks>
public sealed class Seq2SeqMultiplicative : TranslationArchitecture
{
    /// <inheritdoc/>
    public override string Name => "seq2seq-multiplicative";

    /// <inheritdoc/>
    public override string Description => "sequence to sequence: LSTM of 2 layers of 128 units, general multiplicative attention, LSTM of 2 layers (Luong et al. 2015)";

    /// <inheritdoc/>
    private protected override SequenceToSequence Create(int vocabulary, RandomSource random) =>
        new MultiplicativeSequenceToSequence(vocabulary, vocabulary, width: 64, hidden: 128, layers: 2, random: random);
}
