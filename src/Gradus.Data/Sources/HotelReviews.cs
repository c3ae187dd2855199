namespace Gradus.Data;

/// <summary>Chinese hotel reviews, positive or negative, by characters.</summary>
/// <remarks>Tan Songbo, ChnSentiCorp; collected in https://github.com/SophonPlus/ChineseNlpCorpus</remarks>
public sealed class HotelReviews : TextSource
{
    /// <inheritdoc/>
    public override string Name => "chnsenticorp";

    /// <inheritdoc/>
    public override string Description => "6,988 hotel reviews in Chinese, positive or negative; by characters";

    /// <inheritdoc/>
    public override string Origin => "Tan Songbo; https://github.com/SophonPlus/ChineseNlpCorpus";

    /// <inheritdoc/>
    public override string Terms => "for research";

    /// <inheritdoc/>
    public override bool IsByCharacters => true;

    private protected override IReadOnlyList<string> Files { get; } = ["train.csv"];

    private protected override string OtherFolder => "chnsenticorp_htl";

    /// <inheritdoc/>
    public override (TokenDataset Train, TokenDataset Test) Load(DatasetLocation location)
    {
        string path = Path.Combine(location.Path, Files[0]);
        var (reviews, labels) = (new List<string[]>(), new List<int>());
        foreach (string[] row in TableFile.Rows(path, separator: ',').Skip(1)) // label, review
        {
            if (row.Length != 2 || row[0] is not ("0" or "1")) throw new InvalidDataException($"{path}, row {reviews.Count + 2}: a label 0 or 1 and a review are expected.");
            if (Tokenization.Characters(row[1]) is not { Length: > 0 } tokens) continue;
            reviews.Add(tokens);
            labels.Add(row[0][0] - '0');
        }

        return new TextDataset(Name, [.. reviews], [.. labels], ["negative", "positive"]).Split(0.1, seed: 0, "test set: a tenth of each class, chosen at random with seed 0");
    }
}
