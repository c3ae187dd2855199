using System.Globalization;
using System.Text.Json;

namespace Bench.Report;

/// <summary>Writes the rows as an aligned table and as JSON.</summary>
internal static class Output
{
    private static readonly string[] Titles = ["case", "metric", "threads", "gradus", "best", "peer", "setting", "peer value", "best", "ratio", "allocated", "of peak"];
    private static readonly int[] Widths = [14, 11, 7, 9, 9, 29, 15, 10, 9, 7, 9, 7];
    private static readonly bool[] IsText = [true, true, false, false, false, true, true, false, false, false, false, false];
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    public static void Header() => Line(Titles);

    public static void Write(Row row) => Line(
    [
        row.Case, row.Metric, $"{row.Threads}", Number(row.Gradus), Number(row.Best.Gradus), row.Peer, row.PeerSetting, Number(row.PeerValue),
        Number(row.Best.Peer), row.Ratio?.ToString("0.00", CultureInfo.InvariantCulture) ?? "-", $"{row.GradusAllocatedBytes?.ToString(CultureInfo.InvariantCulture) ?? "-"}",
        row.FractionOfPeak?.ToString("0.0 %", CultureInfo.InvariantCulture) ?? "-",
    ]);

    /// <summary>Writes the whole file or none of it.</summary>
    public static void Save(IReadOnlyList<Row> rows, string path)
    {
        string whole = path + ".tmp";
        File.WriteAllText(whole, JsonSerializer.Serialize(rows, Json) + "\n");
        File.Move(whole, path, overwrite: true);
    }

    private static void Line(string[] cells) => Console.WriteLine(
        string.Join("  ", cells.Select((cell, i) => IsText[i] ? cell.PadRight(Widths[i]) : cell.PadLeft(Widths[i]))).TrimEnd());

    // Three to four significant digits, from microseconds to seconds.
    private static string Number(double? value) => value switch
    {
        null => "-",
        < 0.1 => value.Value.ToString("0.00000", CultureInfo.InvariantCulture),
        < 10 => value.Value.ToString("0.000", CultureInfo.InvariantCulture),
        _ => value.Value.ToString("0.0", CultureInfo.InvariantCulture),
    };
}
