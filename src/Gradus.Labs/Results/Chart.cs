namespace Gradus.Labs;

/// <summary>Lines over one pair of axes.</summary>
/// <param name="Name">The name of its files, in kebab-case.</param>
/// <param name="Title">What it shows.</param>
/// <param name="XLabel">The text under the horizontal axis.</param>
/// <param name="YLabel">The text beside the vertical axis.</param>
/// <param name="Lines">The lines; values that are not finite are gaps.</param>
public sealed record Chart(string Name, Bilingual Title, Bilingual XLabel, Bilingual YLabel, IReadOnlyList<ChartLine> Lines)
{
    /// <summary>Whether the horizontal axis is logarithmic.</summary>
    public bool LogX { get; init; }

    /// <summary>Whether the vertical axis is logarithmic.</summary>
    public bool LogY { get; init; }
}

/// <summary>One line of a chart.</summary>
/// <param name="Name">The text in the legend.</param>
/// <param name="X">Positions.</param>
/// <param name="Y">Values, one a position.</param>
public sealed record ChartLine(Bilingual Name, IReadOnlyList<double> X, IReadOnlyList<double> Y)
{
    /// <summary>One value a position: 1, 2, ..., n.</summary>
    public static ChartLine Counted(Bilingual name, IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new ChartLine(name, [.. Enumerable.Range(1, values.Count).Select(i => (double)i)], values);
    }
}
