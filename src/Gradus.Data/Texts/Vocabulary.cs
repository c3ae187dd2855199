using System.Text.Json;

namespace Gradus.Data;

/// <summary>The tokens that a network knows, each with a number. 0 fills sentences up to a common length; 1 stands for every token that is not in it.</summary>
/// <remarks>Built from the training part alone, or the test would be easier than use; saved with the run, because the numbers are what the network has learned.</remarks>
public sealed class Vocabulary
{
    /// <summary>The number of the padding.</summary>
    public const int Padding = 0;

    /// <summary>The number of every unknown token.</summary>
    public const int Unknown = 1;

    private const int Special = 2;
    private const string PaddingName = "<pad>", UnknownName = "<unknown>";
    private const int Format = 1;

    private readonly string[] _tokens;
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    private Vocabulary(IEnumerable<string> tokens)
    {
        _tokens = [PaddingName, UnknownName, .. tokens];
        for (int i = Special; i < _tokens.Length; i++)
        {
            if (_tokens[i] is null || !_numbers.TryAdd(_tokens[i], i)) throw new InvalidDataException($"token {i} is {(_tokens[i] is null ? "missing" : $"'{_tokens[i]}', which comes twice")}");
        }
    }

    /// <summary>The number of tokens, the two special ones included: the rows of an embedding.</summary>
    public int Count => _tokens.Length;

    /// <summary>The tokens of a training set, the frequent first, equally frequent ones by code point.</summary>
    /// <param name="training">The training part.</param>
    /// <param name="leastCount">A token must come this often.</param>
    /// <param name="most">The largest <see cref="Count"/>; rarer tokens are left out.</param>
    public static Vocabulary Of(TokenDataset training, int leastCount = 1, int most = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentOutOfRangeException.ThrowIfLessThan(leastCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, Special + 1);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < training.Count; i++)
        {
            foreach (string token in training.Tokens(i)) counts[token] = counts.GetValueOrDefault(token) + 1;
        }

        return new Vocabulary(counts.Where(pair => pair.Value >= leastCount)
            .OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Take(most - Special).Select(pair => pair.Key));
    }

    /// <summary>The number of a token; <see cref="Unknown"/> if it is not in the vocabulary.</summary>
    public int NumberOf(string token) => _numbers.GetValueOrDefault(token, Unknown);

    /// <summary>The token of a number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such number.</exception>
    public string TokenOf(int number) => (uint)number < (uint)Count
        ? _tokens[number]
        : throw new ArgumentOutOfRangeException(nameof(number), number, $"The vocabulary has numbers 0 ... {Count - 1}.");

    /// <summary>Writes the tokens as JSON; the file appears whole or not at all.</summary>
    public void Save(string path) => AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, new Document(Format, [.. _tokens.Skip(Special)])));

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The file is no vocabulary, or is damaged.</exception>
    public static Vocabulary Load(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return JsonSerializer.Deserialize<Document>(stream) is { Version: Format, Tokens: { } tokens }
                ? new Vocabulary(tokens)
                : throw new InvalidDataException("it is of another format");
        }
        catch (Exception failure) when (failure is JsonException or InvalidDataException)
        {
            throw new InvalidDataException($"{path} is no vocabulary, or is damaged: {failure.Message.ReplaceLineEndings("\n").Split('\n')[0]}", failure);
        }
    }

    private sealed record Document(int Version, string[] Tokens);
}
