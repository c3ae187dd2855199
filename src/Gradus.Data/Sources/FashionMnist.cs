using System.IO.Compression;
using System.Security.Cryptography;

namespace Gradus.Data;

/// <summary>Fashion-MNIST: 70,000 pictures of clothes, 28x28 grey, 10 classes.</summary>
/// <remarks>Xiao, Rasul and Vollgraf 2017, https://arxiv.org/abs/1708.07747</remarks>
public sealed class FashionMnist : DatasetSource
{
    private const string Package = "dataset-fashion-mnist";
    private const string Address = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"; // the server speaks no https: the SHA-256 protects

    // Lengths and SHA-256 of the official files (whose MD5 their README publishes), and of their content: Debian's copies are
    // the same deflate streams behind a shorter gzip header.
    private static readonly (string Name, long Length, string Sha256, string ContentSha256)[] Files =
    [
        ("train-images-idx3-ubyte", 26421880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84", "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
        ("train-labels-idx1-ubyte", 29515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845", "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
        ("t10k-images-idx3-ubyte", 4422102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073", "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
        ("t10k-labels-idx1-ubyte", 5148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5", "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
    ];

    private static readonly string[] Clothes =
        ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];

    /// <inheritdoc/>
    public override string Name => "fashion-mnist";

    /// <inheritdoc/>
    public override string Description => "70,000 pictures of clothes, 28x28 grey, 10 classes (60,000 to train, 10,000 to test)";

    /// <inheritdoc/>
    public override string Origin => "Zalando Research 2017, https://github.com/zalandoresearch/fashion-mnist";

    /// <inheritdoc/>
    public override string Terms => "MIT";

    /// <inheritdoc/>
    public override DatasetLocation? Find(DataLocations locations) =>
        locations.Folders(Name).FirstOrDefault(place => Files.All(file => PathOf(place.Path, file.Name) is not null));

    /// <inheritdoc/>
    public override (Dataset Train, Dataset Test) Load(DatasetLocation location, DataLocations locations, CancellationToken cancellationToken)
    {
        string Of(int file) => PathOf(location.Path, Files[file].Name) ?? throw new FileNotFoundException($"{location.Path} has no {Files[file].Name}.gz.");
        return (Idx.Load(Name, Of(0), Of(1), Clothes), Idx.Load(Name, Of(2), Of(3), Clothes));
    }

    /// <inheritdoc/>
    protected override IEnumerable<(string, FetchInto)> Fetches(DataLocations locations)
    {
        if (locations.UseApt) yield return ($"Debian package {Package}", (folder, progress, cancellation) =>
            DebianPackage.FetchAsync(Package, $"usr/share/datasets/{Name}", folder, VerifyContent, progress, cancellation));
        if (locations.UseInternet)
            yield return (Address, (folder, progress, cancellation) => DownloadAsync(Official(new Uri(Address)), folder, progress, cancellation));
    }

    internal static IEnumerable<RemoteFile> Official(Uri address) =>
        Files.Select(file => new RemoteFile(new Uri(address, file.Name + ".gz"), file.Length, file.Sha256));

    private static void VerifyContent(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        using var content = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        string found = Convert.ToHexStringLower(SHA256.HashData(content));
        if (Files.Any(file => file.Name == name && file.ContentSha256 != found))
            throw new InvalidDataException($"the content of its {name}.gz is not the official one: its SHA-256 is {found}");
    }

    private static string? PathOf(string folder, string name) =>
        new[] { $"{name}.gz", name }.Select(file => Path.Combine(folder, file)).FirstOrDefault(File.Exists);
}
