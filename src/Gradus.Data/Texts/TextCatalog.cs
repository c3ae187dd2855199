namespace Gradus.Data;

/// <summary>The sets of texts that have a name.</summary>
public static class TextCatalog
{
    /// <summary>All sets with a name, in the order of their names: every <see cref="TextSource"/> of this assembly.</summary>
    public static IReadOnlyList<TextSource> Sources { get; } =
    [
        .. typeof(TextSource).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(TextSource)) && !type.IsAbstract)
            .Select(type => (TextSource)Activator.CreateInstance(type)!)
            .OrderBy(source => source.Name, StringComparer.Ordinal),
    ];

    /// <summary>The names of all sets, sorted.</summary>
    public static IEnumerable<string> Names => Sources.Select(source => source.Name);

    /// <summary>Where a set lies on this machine; null if it must be fetched.</summary>
    /// <param name="name">A name of <see cref="Names"/>.</param>
    /// <param name="locations">Where to look; null: where the environment says.</param>
    /// <exception cref="ArgumentException">There is no such set.</exception>
    public static DatasetLocation? Find(string name, DataLocations? locations = null) => Named(name).Find(locations ?? DataLocations.FromEnvironment());

    /// <summary>Reads a set, fetching it first where it is not on this machine and can be fetched.</summary>
    /// <param name="name">A name of <see cref="Names"/>.</param>
    /// <param name="progress">Hears how much of each file has come.</param>
    /// <param name="locations">Where to look and keep; null: where the environment says.</param>
    /// <param name="cancellationToken">Stops the fetching.</param>
    /// <exception cref="ArgumentException">There is no such set.</exception>
    /// <exception cref="DatasetUnavailableException">No source answers.</exception>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public static (TokenDataset Train, TokenDataset Test) Load(string name, IProgress<DownloadProgress>? progress = null,
        DataLocations? locations = null, CancellationToken cancellationToken = default)
    {
        var source = Named(name);
        return source.Load(source.GetAsync(locations ?? DataLocations.FromEnvironment(), progress, cancellationToken).GetAwaiter().GetResult());
    }

    /// <summary>The set of a name, with hyphens or underscores.</summary>
    /// <exception cref="ArgumentException">There is no such set.</exception>
    public static TextSource Named(string name) => Sources.FirstOrDefault(source => source.Name == name.Replace('_', '-'))
        ?? throw new ArgumentException($"There are no texts '{name}'. The sets are {string.Join(", ", Names)}.", nameof(name));
}
