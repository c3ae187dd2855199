namespace Gradus.Data;

/// <summary>A table of measurements that has a name.</summary>
public abstract class TableSource : DatasetSource
{
    private protected TableSource()
    {
    }

    /// <summary>The file, in a folder of the set's name (with underscores or hyphens) or beside other data.</summary>
    private protected abstract string FileName { get; }

    /// <summary>The label's column.</summary>
    private protected abstract string LabelColumn { get; }

    /// <inheritdoc/>
    public override DatasetLocation? Find(DataLocations locations) => locations.Folders(Name)
        .SelectMany(place => new[] { place.Path, Path.Combine(place.Path, Name.Replace('-', '_')) }.Select(folder => place with { Path = Path.Combine(folder, FileName) }))
        .FirstOrDefault(place => File.Exists(place.Path));

    /// <inheritdoc/>
    public override (Dataset Train, Dataset Test) Load(DatasetLocation location, DataLocations locations, CancellationToken cancellationToken) =>
        TableFile.Load(location.Path, LabelColumn, Name);
}
