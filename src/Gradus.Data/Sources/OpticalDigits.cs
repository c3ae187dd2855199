using System.Globalization;
using System.IO.Compression;

namespace Gradus.Data;

/// <summary>The handwritten digits of UCI, 8x8, which come with Gradus: the set that is always there.</summary>
/// <remarks>Alpaydin and Kaynak 1998, https://archive.ics.uci.edu/dataset/80; see Digits/README.md.</remarks>
public sealed class OpticalDigits : DatasetSource
{
    private const string Resource = "digits.csv.gz";
    private const int Side = 8;
    private const int Brightest = 16; // each value counts the ink in a block of 4x4 pixels of the original

    /// <inheritdoc/>
    public override string Name => "digits";

    /// <inheritdoc/>
    public override string Description => "1,797 handwritten digits, 8x8 grey, 10 classes; built in";

    /// <inheritdoc/>
    public override string Origin => "Alpaydin and Kaynak 1998, https://archive.ics.uci.edu/dataset/80, as scikit-learn ships it";

    /// <inheritdoc/>
    public override string Terms => "CC BY 4.0 (UCI), BSD-3-Clause (scikit-learn)";

    /// <inheritdoc/>
    public override DatasetLocation Find(DataLocations locations) => new("built in", "");

    /// <inheritdoc/>
    public override (Dataset Train, Dataset Test) Load(DatasetLocation location, DataLocations locations, CancellationToken cancellationToken)
    {
        using var text = new StreamReader(new GZipStream(typeof(OpticalDigits).Assembly.GetManifestResourceStream(Resource)!, CompressionMode.Decompress));
        var (pixels, labels) = (new List<byte>(), new List<byte>());
        while (text.ReadLine() is { } line)
        {
            byte[] values = [.. line.Split(',').Select(value => (byte)double.Parse(value, CultureInfo.InvariantCulture))]; // 64 pixels, then the digit
            pixels.AddRange(values.AsSpan(0, Side * Side));
            labels.Add(values[^1]);
        }

        string[] names = [.. Enumerable.Range(0, 10).Select(digit => $"{digit}")];
        var all = new InMemoryDataset(Name, [.. pixels], [.. labels], names, channels: 1, Side, Side, Brightest, "test set: the last 20 % of each class");
        return all.SplitInOrder(0.8);
    }
}
