namespace Gradus.Zoo;

/// <summary>A Transformer that translates token sequences.</summary>
/// <remarks>Vaswani et al. 2017, https://arxiv.org/abs/1706.03762; sizes for a CPU.</remarks>
public sealed class Seq2SeqTransformer : TranslationArchitecture
{
    /// <inheritdoc/>
    public override string Name => "seq2seq-transformer";

    /// <inheritdoc/>
    public override string Description => "sequence to sequence: Transformer of 2 + 2 layers, width 128, 4 heads (Vaswani et al. 2017)";

    /// <inheritdoc/>
    private protected override SequenceToSequence Create(int vocabulary, RandomSource random) =>
        new TransformerSequenceToSequence(vocabulary, vocabulary, width: 128, heads: 4, hidden: 512, layers: 2, random: random);
}
