namespace Gradus.Data;

/// <summary>The data sets that have a name, folders of pictures, and tables.</summary>
public static class DatasetCatalog
{
    /// <summary>All sets with a name, in the order of their names: every <see cref="DatasetSource"/> of this assembly.</summary>
    public static IReadOnlyList<DatasetSource> Sources { get; } =
    [
        .. typeof(DatasetSource).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(DatasetSource)) && !type.IsAbstract)
            .Select(type => (DatasetSource)Activator.CreateInstance(type)!)
            .OrderBy(source => source.Name, StringComparer.Ordinal),
    ];

    /// <summary>The names of all sets, sorted.</summary>
    public static IEnumerable<string> Names => Sources.Select(source => source.Name);

    /// <summary>Where a set lies on this machine; null if it must be fetched.</summary>
    /// <param name="name">A name of <see cref="Names"/>, a folder or <c>.tar</c> of pictures, or a table <c>FILE.csv[#LABEL]</c>.</param>
    /// <param name="locations">Where to look; null: where the environment says.</param>
    /// <exception cref="ArgumentException">There is no such set or folder.</exception>
    public static DatasetLocation? Find(string name, DataLocations? locations = null) =>
        Named(name) is { } source ? source.Find(locations ?? DataLocations.FromEnvironment()) : new DatasetLocation("folder", name);

    /// <summary>Makes sure that a set is on this machine, and fetches it where it is not.</summary>
    /// <param name="name">A name of <see cref="Names"/>, a folder or <c>.tar</c> of pictures, or a table <c>FILE.csv[#LABEL]</c>.</param>
    /// <param name="progress">Hears how much of each file has come.</param>
    /// <param name="locations">Where to look and keep; null: where the environment says.</param>
    /// <param name="cancellationToken">Stops the fetching; what has come is kept for the next attempt.</param>
    /// <exception cref="ArgumentException">There is no such set or folder.</exception>
    /// <exception cref="DatasetUnavailableException">No source answers.</exception>
    public static async Task<DatasetLocation> GetAsync(string name, IProgress<DownloadProgress>? progress = null,
        DataLocations? locations = null, CancellationToken cancellationToken = default) => Named(name) is { } source
            ? await source.GetAsync(locations ?? DataLocations.FromEnvironment(), progress, cancellationToken).ConfigureAwait(false)
            : new DatasetLocation("folder", name);

    /// <summary>As <see cref="GetAsync"/>, waiting for it.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public static DatasetLocation Get(string name, IProgress<DownloadProgress>? progress = null,
        DataLocations? locations = null, CancellationToken cancellationToken = default) =>
        GetAsync(name, progress, locations, cancellationToken).GetAwaiter().GetResult();

    /// <summary>Reads a set, fetching it first where it is not on this machine.</summary>
    /// <param name="name">A name of <see cref="Names"/>, a folder or <c>.tar</c> of pictures, which without a <c>test/</c> part gives the last fifth of each class to the test, or a table <c>FILE.csv[#LABEL]</c>.</param>
    /// <param name="progress">Hears how much of each file has come.</param>
    /// <param name="locations">Where to look and keep; null: where the environment says.</param>
    /// <param name="cancellationToken">Stops the fetching and decoding.</param>
    /// <exception cref="ArgumentException">There is no such set or folder.</exception>
    /// <exception cref="DatasetUnavailableException">No source answers.</exception>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public static (Dataset Train, Dataset Test) Load(string name, IProgress<DownloadProgress>? progress = null,
        DataLocations? locations = null, CancellationToken cancellationToken = default)
    {
        locations ??= DataLocations.FromEnvironment();
        var location = Get(name, progress, locations, cancellationToken);
        if (Named(name) is { } source) return source.Load(location, locations, cancellationToken);
        return TableFile.Parse(name) is { } table ? TableFile.Load(table.Path, table.Label) : LoadFolder(location.Path, cancellationToken);
    }

    private static (Dataset, Dataset) LoadFolder(string path, CancellationToken cancellationToken)
    {
        var (all, test) = ImageFolder.Load(path, cancellationToken: cancellationToken);
        if (test is not null) return (all, test);
        if (all.CountPerClass() is var counts && counts.Min() < 2)
            throw new InvalidDataException(
                $"{path}: class '{all.ClassNames[Array.IndexOf(counts, counts.Min())]}' has 1 picture; each needs 2, one of them to test with.");
        var (first, second) = all.Divide(_ => { }, members => Math.Min(members - 1, (int)Math.Round(members * 0.8)));
        const string Note = "test set: the last fifth of each class by file name, because there is no test folder";
        return (new Subset(all, [.. first.Indices], Note), new Subset(all, [.. second.Indices], Note));
    }

    // Null for a folder or archive; a name goes before a folder of the same name in the working directory.
    private static DatasetSource? Named(string name)
    {
        string written = name.Replace('_', '-'); // as folders of data often are
        if (Sources.FirstOrDefault(source => source.Name == written) is { } source) return source;
        if (Directory.Exists(name) || File.Exists(name) || TableFile.Parse(name) is not null) return null;
        throw new ArgumentException($"There is no data set or folder '{name}'. The sets are {string.Join(", ", Names)}.", nameof(name));
    }
}
