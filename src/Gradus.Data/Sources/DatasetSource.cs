namespace Gradus.Data;

/// <summary>
/// A set of pictures or measurements that has a name. A new set is one new file with one subclass, which
/// <see cref="DatasetCatalog"/> finds by itself; it needs a constructor without parameters.
/// </summary>
public abstract class DatasetSource : DataSource
{
    /// <summary>Reads the set from where <see cref="DataSource.Find"/> or <see cref="DataSource.GetAsync"/> found it.</summary>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public abstract (Dataset Train, Dataset Test) Load(DatasetLocation location, DataLocations locations, CancellationToken cancellationToken);
}
