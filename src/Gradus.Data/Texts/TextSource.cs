namespace Gradus.Data;

/// <summary>
/// A set of texts that has a name. A new set is one new file with one subclass, which <see cref="TextCatalog"/> finds by itself; it
/// needs a constructor without parameters.
/// </summary>
public abstract class TextSource : DataSource
{
    /// <summary>The files that the set is made of; where all of them lie in one folder, there it is.</summary>
    private protected abstract IReadOnlyList<string> Files { get; }

    /// <inheritdoc/>
    public override DatasetLocation? Find(DataLocations locations) => locations.Folders(Name)
        .SelectMany(place => Folders(place.Path).Select(folder => place with { Path = folder }))
        .FirstOrDefault(place => Files.All(file => File.Exists(Path.Combine(place.Path, file))));

    /// <summary>Reads the set from where <see cref="Find"/> found it.</summary>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public abstract (TokenDataset Train, TokenDataset Test) Load(DatasetLocation location);

    /// <summary>Whether its tokens are characters, and not words between white space: what <see cref="Tokenization"/> makes of a new text.</summary>
    public virtual bool IsByCharacters => false;

    /// <summary>Whether its sentences have a tag for each token (<see cref="SequenceDataset"/>), and not one class (<see cref="TextDataset"/>).</summary>
    public virtual bool IsTagged => false;

    private protected TextSource()
    {
    }

    /// <summary>Another name of the set's folder; empty: none.</summary>
    private protected virtual string OtherFolder => "";

    // Only folders that bear the set's name: many sets have a train.txt.
    private IEnumerable<string> Folders(string place)
    {
        if (Path.GetFileName(place) == Name) yield return place;
        yield return Path.Combine(place, Name.Replace('-', '_'));
        if (OtherFolder.Length > 0) yield return Path.Combine(place, OtherFolder);
    }
}
