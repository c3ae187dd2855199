namespace Gradus.Plots;

/// <summary>A named line of points. NaN and infinite values are gaps; the line may be empty.</summary>
public sealed record Series
{
    /// <summary>A line through the points (x[i], y[i]).</summary>
    /// <param name="name">The text in the legend.</param>
    /// <param name="x">Positions, as many as <paramref name="y"/>.</param>
    /// <param name="y">Values.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public Series(string name, IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        if (x.Count != y.Count)
            throw new ArgumentException($"Series \"{name}\" has {x.Count} positions and {y.Count} values; give one position a value.");
        (Name, X, Y) = (name, x, y);
    }

    /// <summary>The text in the legend.</summary>
    public string Name { get; }

    /// <summary>Positions.</summary>
    public IReadOnlyList<double> X { get; }

    /// <summary>Values, one a position.</summary>
    public IReadOnlyList<double> Y { get; }

    /// <summary>One value an epoch: the positions are 1, 2, ..., n.</summary>
    /// <param name="name">The text in the legend.</param>
    /// <param name="values">The values of the epochs, in order.</param>
    public static Series PerEpoch(string name, IEnumerable<double> values)
    {
        var y = values.ToArray();
        return new Series(name, [.. Enumerable.Range(1, y.Length).Select(epoch => (double)epoch)], y);
    }

    /// <inheritdoc cref="PerEpoch(string, IEnumerable{double})"/>
    public static Series PerEpoch(string name, IEnumerable<float> values) => PerEpoch(name, values.Select(value => (double)value));
}
