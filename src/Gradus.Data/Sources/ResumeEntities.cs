namespace Gradus.Data;

/// <summary>Names, titles, schools and more in Chinese résumés, character by character, tagged B-, M-, E-, S- and O.</summary>
/// <remarks>Zhang and Yang 2018, "Chinese NER using lattice LSTM", https://arxiv.org/abs/1805.02023</remarks>
public sealed class ResumeEntities : TextSource
{
    /// <inheritdoc/>
    public override string Name => "resume-ner";

    /// <inheritdoc/>
    public override string Description => "4,284 sentences of Chinese résumés with named entities, 8 kinds (3,821 to train, 463 to test)";

    /// <inheritdoc/>
    public override string Origin => "Zhang and Yang 2018, https://github.com/jiesutd/LatticeLSTM";

    /// <inheritdoc/>
    public override string Terms => "for research";

    /// <inheritdoc/>
    public override bool IsByCharacters => true;

    /// <inheritdoc/>
    public override bool IsTagged => true;

    private protected override IReadOnlyList<string> Files { get; } = ["train.char.bmes", "dev.char.bmes"];

    /// <inheritdoc/>
    public override (TokenDataset Train, TokenDataset Test) Load(DatasetLocation location)
    {
        var parts = TaggedFile.Load(Name, tagAt: 1, [.. Files.Select(file => Path.Combine(location.Path, file))]);
        return (parts[0], parts[1]);
    }
}
