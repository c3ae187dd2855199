namespace Gradus.Data;

/// <summary>MNIST: 70,000 handwritten digits, 28x28 grey, 10 classes.</summary>
/// <remarks>LeCun, Bottou, Bengio and Haffner 1998, "Gradient-based learning applied to document recognition", https://doi.org/10.1109/5.726791</remarks>
public sealed class Mnist : DatasetSource
{
    private const string Address = "https://ossci-datasets.s3.amazonaws.com/mnist/"; // the authors' page refuses programs; this is the copy that PyTorch keeps

    private static readonly (string Name, long Length, string Sha256)[] Files =
    [
        ("train-images-idx3-ubyte", 9912422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
        ("train-labels-idx1-ubyte", 28881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
        ("t10k-images-idx3-ubyte", 1648877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
        ("t10k-labels-idx1-ubyte", 4542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
    ];

    private static readonly string[] Digits = [.. Enumerable.Range(0, 10).Select(digit => $"{digit}")];

    /// <inheritdoc/>
    public override string Name => "mnist";

    /// <inheritdoc/>
    public override string Description => "70,000 handwritten digits, 28x28 grey, 10 classes (60,000 to train, 10,000 to test)";

    /// <inheritdoc/>
    public override string Origin => "LeCun, Cortes and Burges 1998, http://yann.lecun.com/exdb/mnist/";

    /// <inheritdoc/>
    public override string Terms => "CC BY-SA 3.0";

    /// <inheritdoc/>
    public override DatasetLocation? Find(DataLocations locations) => locations.Folders(Name)
        .SelectMany(place => Places(place.Path).Select(path => place with { Path = path }))
        .FirstOrDefault(place => Files.All(file => PathOf(place.Path, file.Name) is not null));

    /// <inheritdoc/>
    public override (Dataset Train, Dataset Test) Load(DatasetLocation location, DataLocations locations, CancellationToken cancellationToken)
    {
        string Of(int file) => PathOf(location.Path, Files[file].Name) ?? throw new FileNotFoundException($"{location.Path} has no {Files[file].Name}.gz.");
        return (Idx.Load(Name, Of(0), Of(1), Digits), Idx.Load(Name, Of(2), Of(3), Digits));
    }

    /// <inheritdoc/>
    protected override IEnumerable<(string, FetchInto)> Fetches(DataLocations locations)
    {
        if (locations.UseInternet)
            yield return (Address, (folder, progress, cancellation) => DownloadAsync(Official(new Uri(Address)), folder, progress, cancellation));
    }

    internal static IEnumerable<RemoteFile> Official(Uri address) =>
        Files.Select(file => new RemoteFile(new Uri(address, file.Name + ".gz"), file.Length, file.Sha256));

    // Only folders that bear the set's name: Fashion-MNIST has files of the same names. torchvision keeps them in MNIST/raw.
    private IEnumerable<string> Places(string folder) =>
        Path.GetFileName(folder) == Name ? [folder] : [Path.Combine(folder, "MNIST", "raw"), Path.Combine(folder, "MNIST")];

    private static string? PathOf(string folder, string name) =>
        new[] { $"{name}.gz", name }.Select(file => Path.Combine(folder, file)).FirstOrDefault(File.Exists);
}
