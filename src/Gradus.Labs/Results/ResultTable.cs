namespace Gradus.Labs;

/// <summary>Figures in rows and columns.</summary>
/// <param name="Name">Its name in kebab-case.</param>
/// <param name="Title">What it shows.</param>
/// <param name="Columns">The headings.</param>
/// <param name="Rows">The cells, as many in a row as there are headings.</param>
public sealed record ResultTable(string Name, Bilingual Title, IReadOnlyList<Bilingual> Columns, IReadOnlyList<IReadOnlyList<Bilingual>> Rows);
