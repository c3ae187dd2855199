namespace Gradus.Data;

/// <summary>No source has the data set, or none answers. The message, one line, says what was tried.</summary>
public sealed class DatasetUnavailableException : IOException
{
    /// <summary>Names the set and the reasons.</summary>
    /// <param name="name">The set's name.</param>
    /// <param name="tried">Each place and why it did not give the set.</param>
    /// <param name="cause">The last failure.</param>
    public DatasetUnavailableException(string name, IReadOnlyList<string> tried, Exception? cause = null)
        : base($"{name} is not here and cannot be fetched: {string.Join("; ", tried)}.", cause) => (Name, Tried) = (name, tried);

    /// <summary>The set's name.</summary>
    public string Name { get; }

    /// <summary>Each place that was tried, and why it did not give the set.</summary>
    public IReadOnlyList<string> Tried { get; }
}
