using System.Globalization;
using Bench.Sides;

namespace Bench;

/// <summary>What the command line of <c>peers</c> and <c>peer-only</c> asks for.</summary>
internal sealed class Options
{
    public Effort Effort { get; private set; } = Effort.Full;

    public IReadOnlyList<int> Threads { get; private set; } = [1, 2];

    public bool Vary { get; private set; }

    public int Seed { get; private set; } = 1;

    public IReadOnlyList<Case> Cases { get; private set; } = AllCases.List;

    public string? Json { get; private set; }

    public static Options Parse(ReadOnlySpan<string> arguments)
    {
        var options = new Options();
        for (int i = 0; i < arguments.Length; i++)
        {
            string name = arguments[i];
            switch (name)
            {
                case "--quick": options.Effort = Effort.Quick; break;
                case "--vary": options.Vary = true; break;
                case "--threads": options.Threads = [.. Value(arguments, ref i).Split(',').Select(text => Number(name, text, atLeast: 1))]; break;
                case "--seed": options.Seed = Number(name, Value(arguments, ref i), atLeast: 0); break;
                case "--cases": options.Cases = [.. Value(arguments, ref i).Split(',').SelectMany(Named)]; break;
                case "--json": options.Json = Path.GetFullPath(Value(arguments, ref i)); break;
                default: throw new BenchException($"unknown option '{name}'", usage: true);
            }
        }

        if (options.Json is { } file && !Directory.Exists(Path.GetDirectoryName(file)))
            throw new BenchException($"--json {file}: there is no such folder", usage: true);
        return options;
    }

    private static string Value(ReadOnlySpan<string> arguments, ref int i) =>
        ++i < arguments.Length ? arguments[i] : throw new BenchException($"{arguments[i - 1]} needs a value", usage: true);

    private static int Number(string name, string text, int atLeast) =>
        int.TryParse(text, CultureInfo.InvariantCulture, out int number) && number >= atLeast
            ? number
            : throw new BenchException($"{name} must be a whole number of at least {atLeast}, not '{text}'", usage: true);

    // A case by its name, or all that begin with it: matmul stands for matmul-256 ... matmul-2048.
    private static IEnumerable<Case> Named(string name)
    {
        Case[] found = [.. AllCases.List.Where(one => one.Name == name || one.Name.StartsWith(name + "-", StringComparison.Ordinal))];
        return found.Length > 0
            ? found
            : throw new BenchException($"there is no case '{name}'. The cases are: {string.Join(", ", AllCases.List.Select(one => one.Name))}", usage: true);
    }
}
