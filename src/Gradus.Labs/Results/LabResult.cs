using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gradus.Labs;

/// <summary>Everything that a run of a lab left: it is written as <c>result.json</c> beside its pictures.</summary>
public sealed record LabResult
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // a file for people too; the book writes its own
    };

    /// <summary>The file's name in the lab's folder.</summary>
    public const string FileName = "result.json";

    /// <summary>The lab's name.</summary>
    public required string Lab { get; init; }

    /// <summary>The budget that it ran with.</summary>
    public required Budget Budget { get; init; }

    /// <summary>The seeds of its arms.</summary>
    public required IReadOnlyList<ulong> Seeds { get; init; }

    /// <summary>The knobs that were turned, with their values.</summary>
    public IReadOnlyDictionary<string, string> Knobs { get; init; } = new Dictionary<string, string>();

    /// <summary>What it found.</summary>
    public IReadOnlyList<Verdict> Verdicts { get; init; } = [];

    /// <summary>Remarks on the run: where a training diverged, and why.</summary>
    public IReadOnlyList<Bilingual> Notes { get; init; } = [];

    /// <summary>Its charts.</summary>
    public IReadOnlyList<Chart> Charts { get; init; } = [];

    /// <summary>Its tables.</summary>
    public IReadOnlyList<ResultTable> Tables { get; init; } = [];

    /// <summary>Its pictures, those of the charts not among them.</summary>
    public IReadOnlyList<ResultPicture> Pictures { get; init; } = [];

    /// <summary>Wall-clock seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset Ended { get; init; }

    /// <summary>Where it ran.</summary>
    public string Machine { get; init; } = "";

    /// <summary>Why it broke off, in one line; null if it did not.</summary>
    public string? Failure { get; init; }

    /// <summary>The data set that is not here and the command that brings it; null if all were.</summary>
    public string? Missing { get; init; }

    /// <summary>Reads a result.</summary>
    /// <exception cref="InvalidDataException">The file holds no result.</exception>
    public static LabResult Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        try
        {
            return JsonSerializer.Deserialize<LabResult>(File.ReadAllText(path), Format) ?? throw new InvalidDataException($"{path} is empty");
        }
        catch (JsonException damage)
        {
            throw new InvalidDataException($"{path} is damaged: {damage.Message}", damage);
        }
    }

    /// <summary>Writes the result; the file appears whole or not at all.</summary>
    public void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, FileName), temporary = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            File.WriteAllText(temporary, JsonSerializer.Serialize(this, Format));
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
