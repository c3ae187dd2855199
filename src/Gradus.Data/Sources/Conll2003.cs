namespace Gradus.Data;

/// <summary>CoNLL 2003: persons, places, organisations and others in English news, tagged B-, I- and O.</summary>
/// <remarks>Tjong Kim Sang and De Meulder 2003, https://aclanthology.org/W03-0419</remarks>
public sealed class Conll2003 : TextSource
{
    /// <inheritdoc/>
    public override string Name => "conll2003";

    /// <inheritdoc/>
    public override string Description => "17,291 sentences of English news with named entities, 4 kinds (14,041 to train, 3,250 to test)";

    /// <inheritdoc/>
    public override string Origin => "Tjong Kim Sang and De Meulder 2003";

    /// <inheritdoc/>
    public override string Terms => "Reuters' text: for research";

    /// <inheritdoc/>
    public override bool IsTagged => true;

    private protected override IReadOnlyList<string> Files { get; } = ["train.txt", "valid.txt"];

    /// <inheritdoc/>
    public override (TokenDataset Train, TokenDataset Test) Load(DatasetLocation location)
    {
        var parts = TaggedFile.Load(Name, tagAt: 1, [.. Files.Select(file => Path.Combine(location.Path, file))]);
        return (parts[0], parts[1]);
    }
}
