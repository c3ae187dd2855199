using System.Formats.Tar;
using System.IO.Compression;

namespace Gradus.Data;

/// <summary>CIFAR-10 and CIFAR-100: 60,000 small photographs each, 32x32 in colour.</summary>
/// <remarks>
/// Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/learning-features-2009-TR.pdf. Read from the official binary files, or from
/// pictures in class folders, on disk or in tar archives.
/// </remarks>
public abstract class CifarSource : DatasetSource
{
    private const int Side = 32;

    private protected CifarSource()
    {
    }

    /// <inheritdoc/>
    public override string Origin => "Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html";

    /// <inheritdoc/>
    public override string Terms => "free to use, with a citation of the report of 2009";

    private protected abstract RemoteFile Archive { get; }

    private protected abstract string BinaryFolder { get; }

    private protected abstract IReadOnlyList<string> TrainBatches { get; }

    private protected abstract string TestBatch { get; }

    /// <summary>What folders and archives of pictures are called.</summary>
    private protected abstract IReadOnlyList<string> PictureNames { get; }

    /// <summary>Whether a folder or archive beside the pictures to train with holds those to test with.</summary>
    private protected abstract bool HoldsTestPictures(string name);

    private protected abstract int HeldOutPerClass { get; }

    private protected abstract InMemoryDataset LoadBinaryFiles(params IReadOnlyList<string> paths);

    /// <inheritdoc/>
    public override DatasetLocation? Find(DataLocations locations)
    {
        foreach (var place in locations.Folders(Name))
        {
            string[] folders = [Path.Combine(place.Path, BinaryFolder), place.Path];
            if (folders.FirstOrDefault(HasTrainBatches) is { } binary) return place with { Path = binary };
            string archive = Path.Combine(place.Path, Archive.Name);
            if (File.Exists(archive)) return place with { Path = archive };
            var candidates = PictureNames.Select(name => Path.Combine(place.Path, name));
            if (candidates.FirstOrDefault(HasPictures) is { } pictures) return place with { Path = pictures };
        }

        return null;
    }

    /// <inheritdoc/>
    public override (Dataset Train, Dataset Test) Load(DatasetLocation location, DataLocations locations, CancellationToken cancellationToken)
    {
        string path = location.Path;
        var (train, test) = Path.GetFileName(path) == Archive.Name ? LoadArchive(path, locations)
            : File.Exists(Path.Combine(path, TrainBatches[0])) ? LoadBinary(path)
            : LoadPictures(path, locations, cancellationToken);
        return test is not null ? (train, test) : HoldOut(train, HeldOutPerClass);
    }

    /// <inheritdoc/>
    protected override IEnumerable<(string, FetchInto)> Fetches(DataLocations locations)
    {
        if (locations.UseInternet)
            yield return (Archive.Address.ToString(), (folder, progress, cancellation) => DownloadAsync([Archive], folder, progress, cancellation));
    }

    /// <summary>Without the official test set the last pictures of each class by file name take its place.</summary>
    internal static (Subset Train, Subset Test) HoldOut(InMemoryDataset all, int most)
    {
        int held = Math.Min(most, all.CountPerClass().Min() / 2); // half of a class at most, should somebody bring a small set
        var (train, test) = all.Divide(_ => { }, members => members - held);
        string note = $"test set: the last {held} of each class by file name, because the official one is not there";
        return (new Subset(all, [.. train.Indices], note), new Subset(all, [.. test.Indices], note));
    }

    private (InMemoryDataset, InMemoryDataset?) LoadBinary(string folder)
    {
        string test = Path.Combine(folder, TestBatch);
        return (LoadBinaryFiles([.. TrainBatches.Select(file => Path.Combine(folder, file))]), File.Exists(test) ? LoadBinaryFiles(test) : null);
    }

    private (InMemoryDataset, InMemoryDataset?) LoadArchive(string path, DataLocations locations) => DecodedCache.GetOrLoad(Decoded(locations), [path], () =>
    {
        var folder = Directory.CreateDirectory(Path.Combine(locations.Cache, Name, $".unpack.{Guid.NewGuid():N}"));
        try
        {
            using var content = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
            using var reader = new TarReader(content);
            while (reader.GetNextEntry() is { } entry)
            {
                string name = Path.GetFileName(entry.Name);
                if (name == TestBatch || TrainBatches.Contains(name)) entry.ExtractToFile(Path.Combine(folder.FullName, name), overwrite: true);
            }

            return HasTrainBatches(folder.FullName)
                ? LoadBinary(folder.FullName)
                : throw new InvalidDataException($"{path} lacks some of {string.Join(", ", TrainBatches)}.");
        }
        catch (Exception exception) when (exception is EndOfStreamException or FormatException or ArgumentException)
        {
            throw new InvalidDataException($"{path} is truncated or damaged: {exception.Message}", exception);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    });

    private (InMemoryDataset, InMemoryDataset?) LoadPictures(string path, DataLocations locations, CancellationToken cancellationToken)
    {
        string beside = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)))!;
        string? testPath = Directory.EnumerateFileSystemEntries(beside)
            .Where(entry => HoldsTestPictures(Path.GetFileName(entry)) && (Directory.Exists(entry) || entry.EndsWith(".tar", StringComparison.Ordinal)))
            .Min(StringComparer.Ordinal);
        (InMemoryDataset, InMemoryDataset?) Decode() => ImageFolder.Load(path, testPath, Name, Side, Side, channels: 3, cancellationToken);
        var (train, test) = Directory.Exists(path) || Directory.Exists(testPath)
            ? Decode() // a folder has no date that tells of every change below it
            : DecodedCache.GetOrLoad(Decoded(locations), [path, .. testPath is null ? [] : new[] { testPath }], Decode);
        string[] binary = [Path.Combine(beside, TestBatch), Path.Combine(beside, BinaryFolder, TestBatch)];
        return (train, test ?? (binary.FirstOrDefault(File.Exists) is { } batch ? LoadBinaryFiles(batch) : null));
    }

    private string Decoded(DataLocations locations) => Path.Combine(locations.Cache, Name, "decoded.raw");

    private bool HasTrainBatches(string folder) => TrainBatches.All(file => File.Exists(Path.Combine(folder, file)));

    private static bool HasPictures(string path) => File.Exists(path) || Directory.Exists(Path.Combine(path, "train"));
}
