using System.Globalization;
using nietras.SeparatedValues;

namespace Gradus.Data;

/// <summary>
/// A table as text: fields parted by commas, semicolons or tabs, quoted where need be, with or without a line of column names. One
/// column is the label; the others are numbers.
/// </summary>
public static class TableFile
{
    private const int MostClasses = 256;
    private const double TestShare = 0.2;

    private static readonly string[] LabelNames = ["label", "class", "target", "y"];

    /// <summary>Whether a path is of a table, and which column is asked for: <c>FILE.csv</c> or <c>FILE.csv#COLUMN</c>.</summary>
    internal static (string Path, string? Label)? Parse(string text)
    {
        int mark = text.LastIndexOf('#');
        string path = mark < 0 || File.Exists(text) ? text : text[..mark];
        string extension = System.IO.Path.GetExtension(path).ToLowerInvariant();
        return extension is ".csv" or ".tsv" && File.Exists(path) ? (path, path.Length == text.Length ? null : text[(mark + 1)..]) : null;
    }

    /// <summary>Reads a table and puts a fifth of each class aside to test with.</summary>
    /// <param name="path">The file.</param>
    /// <param name="label">The label's column by name or number from 1; null: the one called label, class, target or y, else the only one that holds no numbers, else the last.</param>
    /// <param name="name">The set's name; null: the file's.</param>
    /// <exception cref="InvalidDataException">The file is empty or damaged, a value is missing or no number, or no column can be the label.</exception>
    public static (Dataset Train, Dataset Test) Load(string path, string? label = null, string? name = null)
    {
        var table = Read(path, label, name);
        if (table.CountPerClass() is var counts && counts.Min() < 2)
            throw new InvalidDataException($"{path}: class '{table.ClassNames[Array.IndexOf(counts, counts.Min())]}' has 1 row; each needs 2, one of them to test with.");
        var (test, train) = table.Divide(members => Permutation.Shuffle(members, seed: 0), members => Math.Clamp((int)Math.Round(members * TestShare), 1, members - 1));
        const string Note = "test set: a fifth of each class, chosen at random with seed 0";
        return (new Subset(table, [.. train.Indices], Note), new Subset(table, [.. test.Indices], Note));
    }

    /// <summary>Reads a whole table.</summary>
    /// <inheritdoc cref="Load"/>
    public static TableDataset Read(string path, string? label = null, string? name = null)
    {
        var rows = Rows(path);
        bool hasHeader = HasHeader(rows);
        string[] columns = hasHeader ? rows[0] : [.. Enumerable.Range(1, rows[0].Length).Select(number => $"column {number}")];
        var body = rows.Skip(hasHeader ? 1 : 0).ToArray();
        if (body.Length == 0) throw new InvalidDataException($"{path} has column names and no rows.");
        if (columns.Length < 2) throw new InvalidDataException($"{path} has one column; a table needs features and a label.");

        int labelAt = LabelColumn(path, label, columns, body);
        string[] texts = [.. body.Select(row => row[labelAt].Trim())];
        string[] classes = Classes(path, columns[labelAt], texts);
        var indices = classes.Select((text, index) => (text, index)).ToDictionary(pair => pair.text, pair => pair.index, StringComparer.Ordinal);
        int[] features = [.. Enumerable.Range(0, columns.Length).Where(column => column != labelAt)];
        var values = new float[body.Length * features.Length];
        for (int i = 0; i < values.Length; i++)
        {
            var (row, column) = (i / features.Length, features[i % features.Length]);
            values[i] = Number(body[row][column]) ?? throw new InvalidDataException(
                $"{path}, row {row + (hasHeader ? 2 : 1)}: {Shown(body[row][column])} in column '{columns[column]}' is no number.");
        }

        return new TableDataset(
            name ?? System.IO.Path.GetFileNameWithoutExtension(path), [.. features.Select(column => columns[column])], values, [.. texts.Select(text => indices[text])], classes);
    }

    internal static List<string[]> Rows(string path, char? separator = null)
    {
        var rows = new List<string[]>();
        try
        {
            using var text = new StreamReader(path, new System.Text.UTF8Encoding(false, throwOnInvalidBytes: true));
            using var reader = (separator is { } given ? Sep.New(given) : Separator(path)).Reader(options => options with { HasHeader = false, Unescape = true, DisableColCountCheck = true }).From(text);
            foreach (var row in reader)
            {
                if (row.ColCount == 1 && row[0].Span.IsWhiteSpace()) continue; // an empty line, often the last
                if (row.Span.Count('"') % 2 == 1) throw new InvalidDataException($"{path}, row {rows.Count + 1} opens a quote that never closes.");
                var fields = new string[row.ColCount];
                for (int i = 0; i < fields.Length; i++) fields[i] = row[i].ToString();
                if (rows.Count > 0 && fields.Length != rows[0].Length)
                    throw new InvalidDataException($"{path}, row {rows.Count + 1} has {fields.Length} fields; the first has {rows[0].Length}.");
                rows.Add(fields);
            }
        }
        catch (Exception exception) when (exception is not (InvalidDataException or OutOfMemoryException or FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException))
        {
            throw new InvalidDataException($"{path} is no table: {exception.Message.ReplaceLineEndings("\n").Split('\n')[0]}", exception);
        }

        return rows.Count > 0 ? rows : throw new InvalidDataException($"{path} is empty.");
    }

    // The one of three that the first line holds most of.
    private static Sep Separator(string path)
    {
        using var text = new StreamReader(path);
        var buffer = new char[1 << 12];
        int read = text.ReadBlock(buffer);
        var line = buffer.AsSpan(0, read);
        int end = line.IndexOfAny('\r', '\n');
        if (end >= 0) line = line[..end];
        char best = ',';
        foreach (char candidate in (ReadOnlySpan<char>)[';', '\t']) if (line.Count(candidate) > line.Count(best)) best = candidate;
        return Sep.New(best);
    }

    // Names stand over numbers: a column whose first field is no number and whose others are.
    private static bool HasHeader(List<string[]> rows)
    {
        if (rows.Count == 1) return rows[0].All(field => Number(field) is null);
        bool anyNumbers = false;
        for (int column = 0; column < rows[0].Length; column++)
        {
            bool numbers = rows.Skip(1).All(row => Number(row[column]) is not null);
            if (numbers && Number(rows[0][column]) is null) return true;
            anyNumbers |= numbers;
        }

        return !anyNumbers && rows[0].All(field => Number(field) is null) && rows[0].Distinct().Count() == rows[0].Length;
    }

    private static int LabelColumn(string path, string? label, string[] columns, string[][] body)
    {
        if (label is not null)
        {
            int named = Array.FindIndex(columns, column => string.Equals(column.Trim(), label, StringComparison.OrdinalIgnoreCase));
            if (named >= 0) return named;
            if (int.TryParse(label, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= columns.Length) return number - 1;
            throw new InvalidDataException($"{path} has no column '{label}'; there are {string.Join(", ", columns)}.");
        }

        int usual = Array.FindIndex(columns, column => LabelNames.Contains(column.Trim().ToLowerInvariant()));
        if (usual >= 0) return usual;
        int[] texts = [.. Enumerable.Range(0, columns.Length).Where(column => body.Any(row => Number(row[column]) is null))];
        return texts.Length == 1 ? texts[0] : columns.Length - 1;
    }

    private static string[] Classes(string path, string column, string[] texts)
    {
        int missing = Array.FindIndex(texts, text => text.Length == 0);
        if (missing >= 0) throw new InvalidDataException($"{path}: the label of sample {missing + 1} in column '{column}' is empty.");
        string[] classes = [.. texts.Distinct(StringComparer.Ordinal)];
        if (classes.Length > MostClasses)
            throw new InvalidDataException(
                $"{path}: column '{column}' has {classes.Length} different values, too many for classes (at most {MostClasses}). Name another column: {System.IO.Path.GetFileName(path)}#COLUMN.");
        return classes.All(text => Number(text) is not null) ? [.. classes.OrderBy(text => Number(text)).ThenBy(text => text, StringComparer.Ordinal)] : [.. classes.Order(StringComparer.Ordinal)];
    }

    private static float? Number(string text) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && float.IsFinite(value) ? value : null;

    private static string Shown(string text) => text.Length == 0 ? "nothing" : text.Length > 40 ? $"'{text[..40].ReplaceLineEndings(" ")}...'" : $"'{text.ReplaceLineEndings(" ")}'";
}
