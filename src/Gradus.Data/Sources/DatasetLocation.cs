namespace Gradus.Data;

/// <summary>Where a data set was found.</summary>
/// <param name="Kind"><c>GRADUS_DATA</c>, <c>cache</c>, <c>Debian package</c>, <c>built in</c> or <c>folder</c>.</param>
/// <param name="Path">The folder or file; empty where it is built in.</param>
public sealed record DatasetLocation(string Kind, string Path)
{
    /// <inheritdoc/>
    public override string ToString() => Path.Length == 0 ? Kind : $"{Path} ({Kind})";
}
