using System.Globalization;
using System.Text;
using System.Text.Json;
using Gradus.Formats;

namespace Gradus.Training;

/// <summary>What each epoch of a training brought.</summary>
public sealed class History
{
    private static readonly (string Name, Func<EpochRecord, double?> Value)[] Columns =
    [
        ("epoch", record => record.Epoch),
        ("train_loss", record => record.TrainLoss),
        ("train_accuracy", record => record.TrainAccuracy),
        ("validation_loss", record => record.ValidationLoss),
        ("validation_accuracy", record => record.ValidationAccuracy),
        ("learning_rate", record => record.LearningRate),
        ("seconds", record => record.Seconds),
        ("samples_per_second", record => record.SamplesPerSecond),
    ];

    private readonly List<EpochRecord> _epochs = [];

    /// <summary>The finished epochs, the first first.</summary>
    public IReadOnlyList<EpochRecord> Epochs => _epochs;

    /// <summary>Writes one line for each epoch under a line of names; a number that is unknown or not finite is left empty.</summary>
    /// <exception cref="IOException">The file cannot be written; an earlier one is still whole.</exception>
    public void WriteCsv(string path)
    {
        var text = new StringBuilder().AppendJoin(',', Columns.Select(column => column.Name)).Append('\n');
        foreach (var record in _epochs) text.AppendJoin(',', Columns.Select(column => Finite(column.Value(record))?.ToString(CultureInfo.InvariantCulture))).Append('\n');
        AtomicFile.WriteText(path, text.ToString());
    }

    /// <summary>Writes an object of the facts and <c>epochs</c>, an array of objects; a number that is unknown or not finite is null.</summary>
    /// <param name="path">The file.</param>
    /// <param name="facts">What the training was of, by name; null for nothing.</param>
    /// <exception cref="IOException">The file cannot be written; an earlier one is still whole.</exception>
    public void WriteJson(string path, IReadOnlyDictionary<string, string>? facts = null) => AtomicFile.Write(path, stream =>
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        foreach (var (name, value) in facts ?? new Dictionary<string, string>()) json.WriteString(name, value);
        json.WriteStartArray("epochs");
        foreach (var record in _epochs)
        {
            json.WriteStartObject();
            foreach (var (name, value) in Columns)
            {
                if (Finite(value(record)) is { } number) json.WriteNumber(name, number);
                else json.WriteNull(name);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    internal void Add(EpochRecord record) => _epochs.Add(record);

    internal void Restore(IEnumerable<EpochRecord> records)
    {
        _epochs.Clear();
        _epochs.AddRange(records);
    }

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
