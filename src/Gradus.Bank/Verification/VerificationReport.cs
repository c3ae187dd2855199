using System.Text.Json;
using System.Text.Json.Serialization;
using Gradus.Labs;

namespace Gradus.Bank;

/// <summary>What a verification found.</summary>
/// <param name="Budget">The budget that all labs ran with, but those that have no <see cref="Budget.Long"/>.</param>
/// <param name="Entries">One for each claim that a lab decided, or should have decided.</param>
/// <param name="Missing">Labs whose data is not here, with the command that brings it.</param>
/// <param name="Questions">What became of each question.</param>
public sealed record VerificationReport(
    Budget Budget, IReadOnlyList<VerificationEntry> Entries, IReadOnlyList<(string Lab, string Reason)> Missing, IReadOnlyList<(Question Question, QuestionState State)> Questions)
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Converters = { new FiniteConverter(), new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Whether every verdict is the one expected.</summary>
    public bool AsExpected => Entries.All(entry => entry.AsExpected);

    /// <summary>Writes entries as a JSON array; what is not a finite number is null. The file appears whole or not at all.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void WriteJson(string path, IReadOnlyList<VerificationEntry> entries)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        string temporary = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            File.WriteAllText(temporary, JsonSerializer.Serialize(entries, Format));
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private sealed class FiniteConverter : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value)) writer.WriteNumberValue(value);
            else writer.WriteNullValue();
        }
    }
}

/// <summary>What a verification says of a question.</summary>
public enum QuestionState
{
    /// <summary>Every claim has the expected verdict under a budget that counts as a proof: three seeds or more, within the time.</summary>
    Proven,

    /// <summary>Every claim has the expected verdict, under a smaller budget.</summary>
    Holds,

    /// <summary>A claim has another verdict than expected.</summary>
    Fails,

    /// <summary>A claim's lab is not written yet, or its data is not here.</summary>
    NotYetProven,
}
