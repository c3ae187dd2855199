using System.Reflection;
using System.Text.Json;
using Gradus.Cli.Train;
using Spectre.Console.Cli;

namespace Gradus.Cli.Sweeps;

/// <summary>A file that describes a sweep: a command, and the values that some of its options take.</summary>
/// <example><code>
/// {
///   "command": "train cnn-small --data fashion-mnist --epochs 3",
///   "options": {
///     "optimizer": ["sgd", "adam"],
///     "lr": { "from": 1e-4, "to": 1e-2, "scale": "log", "count": 5 }
///   }
/// }
/// </code>
/// A grid of ten. With <c>"search": "random", "count": 20, "seed": 1</c>, twenty at random, where ranges need no count of their own;
/// <c>"whole": true</c> rounds the numbers of a range.
/// </example>
internal sealed class SweepFile
{
    public const int Most = 1_000_000;

    private static readonly string[] Members = ["command", "options", "search", "count", "seed"];

    private readonly string[] _command;
    private readonly SweepOption[] _options;
    private readonly string[][]? _grid;
    private readonly ulong _seed;

    private SweepFile(string[] command, SweepOption[] options, bool random, int? count, ulong seed)
    {
        (_command, _options, _seed) = (command, options, seed);
        if (random)
        {
            Count = count ?? throw new UsageException("a random search needs a \"count\", in the file or as --count");
            return;
        }

        if (count is not null) throw new UsageException("a grid has as many combinations as it has; a count is for \"search\": \"random\"");
        _grid = [.. options.Select(option => option.Grid().ToArray())];
        long combinations = 1;
        foreach (string[] values in _grid)
        {
            combinations *= values.Length;
            if (combinations > Most) throw new UsageException($"the grid has more than {Most} combinations: use \"search\": \"random\"");
        }

        Count = (int)combinations;
    }

    /// <summary>The number of combinations.</summary>
    public int Count { get; }

    /// <summary>The swept options, in the file's order.</summary>
    public IEnumerable<string> Names => _options.Select(option => option.Name);

    /// <summary>Reads and checks a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="count">How many combinations a random search has, instead of what the file says.</param>
    /// <exception cref="UsageException">It is not there, or does not describe a sweep.</exception>
    public static SweepFile Read(string path, int? count = null)
    {
        if (!File.Exists(path)) throw new UsageException($"there is no file '{path}'");
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllText(path), new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, AllowDuplicateProperties = false });
            return Parse(json.RootElement, count);
        }
        catch (JsonException failure)
        {
            throw new UsageException($"'{path}' is no JSON: {failure.Message}");
        }
        catch (UsageException failure)
        {
            throw new UsageException($"'{path}': {failure.Message}");
        }
    }

    /// <summary>The options' values in one combination; the last option varies fastest.</summary>
    /// <exception cref="UsageException">There is no such combination.</exception>
    public string[] Values(int index)
    {
        if (index < 0 || index >= Count) throw new UsageException($"the sweep has {Count} combinations, 0 to {Count - 1}; got --index {index}");
        if (_grid is null)
        {
            var random = new RandomSource(_seed) { Position = (ulong)index * (ulong)_options.Length }; // each combination by itself, whatever the count
            return [.. _options.Select(option => option.Draw(random))];
        }

        var values = new string[_grid.Length];
        for (int i = values.Length - 1; i >= 0; i--)
        {
            values[i] = _grid[i][index % _grid[i].Length];
            index /= _grid[i].Length;
        }

        return values;
    }

    /// <summary>The command line of one combination, from <c>train</c> on.</summary>
    public string[] Arguments(int index)
    {
        string[] values = Values(index);
        return [.. _command, .. _options.Zip(values).SelectMany(pair => Argument(pair.First.Name, pair.Second))];
    }

    // A flag is there or not.
    private static string[] Argument(string name, string value) => value switch
    {
        "true" => [$"--{name}"],
        "false" => [],
        _ => [$"--{name}", value],
    };

    private static SweepFile Parse(JsonElement root, int? count)
    {
        if (root.ValueKind != JsonValueKind.Object) throw new UsageException("a sweep is an object with command and options");
        foreach (var member in root.EnumerateObject())
        {
            if (!Members.Contains(member.Name)) throw new UsageException($"a sweep has {string.Join(", ", Members)}; got '{member.Name}'.{Suggestion.For(member.Name, Members)}");
        }

        string[] command = Command(root);
        if (!root.TryGetProperty("options", out var options) || options.ValueKind != JsonValueKind.Object || !options.EnumerateObject().Any())
            throw new UsageException("a sweep needs \"options\", an object of at least one option with its values");
        string search = root.TryGetProperty("search", out var given) && given.ValueKind == JsonValueKind.String ? given.GetString()! : "grid";
        if (search is not ("grid" or "random")) throw new UsageException($"a search is grid or random; got '{search}'");
        ulong seed = 0;
        if (root.TryGetProperty("seed", out var seeded) && !(seeded.ValueKind == JsonValueKind.Number && seeded.TryGetUInt64(out seed)))
            throw new UsageException($"a seed is a whole number of at least 0; got {seeded.GetRawText()}");
        int number = 0;
        if (root.TryGetProperty("count", out var counted) && !(counted.ValueKind == JsonValueKind.Number && counted.TryGetInt32(out number) && number is >= 1 and <= Most))
            throw new UsageException($"a count is a whole number from 1 to {Most}; got {counted.GetRawText()}");
        SweepOption[] swept = [.. options.EnumerateObject().Select(option => SweepOption.Parse(Known(option.Name, command), option.Value))];
        return new SweepFile(command, swept, search == "random", count ?? (number == 0 ? null : number), seed);
    }

    private static string[] Command(JsonElement root)
    {
        root.TryGetProperty("command", out var given);
        string[] command = given.ValueKind switch
        {
            JsonValueKind.String => given.GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            JsonValueKind.Array when given.EnumerateArray().All(word => word.ValueKind == JsonValueKind.String) => [.. given.EnumerateArray().Select(word => word.GetString()!)],
            _ => throw new UsageException("a sweep needs a \"command\": a text such as \"train cnn-small --data digits\", or a list of its words"),
        };
        if (command.Length == 0 || command[0] != "train") throw new UsageException($"a sweep's command begins with 'train'; got '{string.Join(' ', command)}'");
        foreach (string own in (string[])["--out", "--resume"])
        {
            if (command.Any(word => word == own || word.StartsWith($"{own}=", StringComparison.Ordinal))) throw new UsageException($"{own} is the sweep's own: leave it out of the command");
        }

        return command;
    }

    private static string Known(string name, string[] command)
    {
        string[] options =
        [
            .. typeof(TrainCommand.Settings).GetProperties().SelectMany(property => property.GetCustomAttribute<CommandOptionAttribute>()?.LongNames ?? [])
                .Except(["out", "resume", "json"]),
        ];
        if (!options.Contains(name)) throw new UsageException($"'train' has no option '{name}' that can be swept; there are {string.Join(", ", options)}.{Suggestion.For(name, options)}");
        if (command.Contains($"--{name}")) throw new UsageException($"--{name} is in the command and among the options: leave it out of one");
        return name;
    }
}
