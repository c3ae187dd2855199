namespace Gradus.Data;

/// <summary>THUCNews: titles of Chinese news, by topic and by characters.</summary>
/// <remarks>Sun, Li, Guo, Zhao, Zheng, Si and Liu 2016, THUCTC, http://thuctc.thunlp.org</remarks>
public sealed class NewsTitles : TextSource
{
    /// <inheritdoc/>
    public override string Name => "thucnews-titles";

    /// <inheritdoc/>
    public override string Description => "10,000 titles of news in Chinese, 10 topics; by characters";

    /// <inheritdoc/>
    public override string Origin => "THUCNews 2016, http://thuctc.thunlp.org";

    /// <inheritdoc/>
    public override string Terms => "for research";

    /// <inheritdoc/>
    public override bool IsByCharacters => true;

    private protected override IReadOnlyList<string> Files { get; } = ["dev.txt", "class.txt"];

    /// <inheritdoc/>
    public override (TokenDataset Train, TokenDataset Test) Load(DatasetLocation location)
    {
        string[] topics = [.. TextLines.Read(Path.Combine(location.Path, Files[1])).Select(line => line.Trim()).Where(line => line.Length > 0)];
        return LabelledLines.Load(Name, Path.Combine(location.Path, Files[0]), topics, Tokenization.Characters)
            .Split(0.1, seed: 0, "test set: a tenth of each topic, chosen at random with seed 0");
    }
}
