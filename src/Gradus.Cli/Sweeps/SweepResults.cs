using System.Text.Json;
using Spectre.Console;

namespace Gradus.Cli.Sweeps;

/// <summary>The finished runs of a sweep, the best first.</summary>
internal sealed class SweepResults
{
    private readonly SweepFile _sweep;
    private readonly List<Row> _rows;

    private SweepResults(SweepFile sweep, List<Row> rows) => (_sweep, _rows) = (sweep, rows);

    public int Finished => _rows.Count;

    public static SweepResults Collect(SweepFile sweep, string folder)
    {
        var rows = new List<Row>();
        for (int index = 0; index < sweep.Count; index++)
        {
            var run = new SweepRun(sweep, index, folder);
            if (run.Mark() is { Finished: true }) rows.Add(Read(index, sweep.Values(index), run.Folder));
        }

        return new SweepResults(sweep, [.. rows.OrderByDescending(row => row.Accuracy ?? double.NegativeInfinity).ThenBy(row => row.Loss ?? double.PositiveInfinity)]);
    }

    /// <summary>As a document: an array of objects.</summary>
    public object Document => _rows.Select(row => new
    {
        index = row.Index,
        options = _sweep.Names.Zip(row.Values).ToDictionary(pair => pair.First, pair => pair.Second),
        epochs = row.Epochs,
        validation_accuracy = row.Accuracy,
        validation_loss = row.Loss,
        train_loss = row.TrainLoss,
        seconds = row.Seconds,
        run = row.Folder,
    });

    public Table Table()
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns(["index", .. _sweep.Names.Select(Markup.Escape), "epochs", "validation accuracy", "loss", "train loss", "seconds"]);
        foreach (var column in table.Columns) column.RightAligned();
        foreach (var row in _rows)
        {
            table.AddRow([
                $"{row.Index}", .. row.Values.Select(Markup.Escape), $"{row.Epochs}", $"{row.Accuracy:0.00%}", $"{row.Loss:0.0000}", $"{row.TrainLoss:0.0000}",
                $"{row.Seconds:0.0}",
            ]);
        }

        return table;
    }

    // The last epoch's figures, because the model in the folder is the last epoch's.
    private static Row Read(int index, string[] values, string folder)
    {
        string path = Path.Combine(folder, "history.json");
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllText(path));
            var epochs = json.RootElement.GetProperty("epochs").EnumerateArray().ToArray();
            var last = epochs[^1];
            return new Row(
                index, values, folder, epochs.Length, Number(last, "validation_accuracy"), Number(last, "validation_loss"), Number(last, "train_loss"),
                epochs.Sum(epoch => Number(epoch, "seconds") ?? 0));
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException or FileNotFoundException)
        {
            throw new InvalidDataException($"{path} is damaged: {failure.Message}", failure);
        }
    }

    private static double? Number(JsonElement epoch, string name) => epoch.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : null;

    private sealed record Row(int Index, string[] Values, string Folder, int Epochs, double? Accuracy, double? Loss, double? TrainLoss, double Seconds);
}
