using Gradus.Cli.Runs;
using Spectre.Console;

namespace Gradus.Cli.Tasks;

/// <summary>A trained network's figures on its test set.</summary>
internal abstract class TestReport
{
    /// <summary>The figure that counts, as the end of a sentence: "test accuracy 92.41%".</summary>
    public abstract string Headline { get; }

    /// <summary>The figures under their names in a document.</summary>
    public abstract IReadOnlyList<(string Name, double Value)> Figures { get; }

    /// <summary>What a document has besides the figures.</summary>
    public abstract IReadOnlyList<(string Name, object? Value)> Details { get; }

    /// <summary>The table for a reader.</summary>
    public abstract Table Table { get; }

    /// <summary>Draws the pictures that belong to it.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="title">Over the pictures.</param>
    /// <returns>The files' names.</returns>
    public virtual IReadOnlyList<string> WritePictures(RunFolder folder, string title) => [];

    protected static Table NewTable(params string[] columns)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns(columns);
        for (int column = 1; column < columns.Length; column++) table.Columns[column].RightAligned();
        return table;
    }
}
