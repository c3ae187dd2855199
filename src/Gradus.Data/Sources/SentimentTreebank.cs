namespace Gradus.Data;

/// <summary>SST-2: phrases of film reviews, positive or negative.</summary>
/// <remarks>Socher et al. 2013, "Recursive deep models for semantic compositionality over a sentiment treebank", https://aclanthology.org/D13-1170</remarks>
public sealed class SentimentTreebank : TextSource
{
    private const string Address = "https://raw.githubusercontent.com/forest-snow/alps/43232f234087cdbb4b06cd0e3997460610a0dbfd/data/SST-2/";

    private static readonly RemoteFile[] Official =
    [
        new(new Uri(Address + "train.tsv"), 3422882, "920e317b2c52e12cd22db1da2c6708312bd7dc4f3712b9bbf1b50ee6c2c792ba"),
        new(new Uri(Address + "dev.tsv"), 383214, "92353770071a2a889f75d000a38a9e541ea8f0a5499e50f040b17917a5cbf66f"),
    ];

    /// <inheritdoc/>
    public override string Name => "sst2";

    /// <inheritdoc/>
    public override string Description => "67,349 phrases of film reviews in English, positive or negative (60,614 to train, 6,735 to test)";

    /// <inheritdoc/>
    public override string Origin => "Socher et al. 2013; the split of https://github.com/forest-snow/alps";

    /// <inheritdoc/>
    public override string Terms => "MIT (the split)";

    private protected override IReadOnlyList<string> Files { get; } = ["train.tsv", "dev.tsv"];

    /// <inheritdoc/>
    public override (TokenDataset Train, TokenDataset Test) Load(DatasetLocation location)
    {
        TextDataset Part(string file) => LabelledLines.Load(Name, Path.Combine(location.Path, file), ["negative", "positive"], Tokenization.Words, hasHeader: true);
        return (Part(Files[0]), Part(Files[1]));
    }

    /// <inheritdoc/>
    protected override IEnumerable<(string, FetchInto)> Fetches(DataLocations locations)
    {
        if (locations.UseInternet)
            yield return (Address, (folder, progress, cancellation) => DownloadAsync(Official, folder, progress, cancellation));
    }
}
