using System.Globalization;
using System.Text.Json;

namespace Gradus.Cli.Sweeps;

/// <summary>The values that one option of <c>gradus train</c> takes in a sweep: a list, or a range of numbers.</summary>
internal sealed class SweepOption
{
    private readonly string[]? _list;
    private readonly double _from, _to;
    private readonly int? _count;
    private readonly bool _logarithmic, _whole;

    private SweepOption(string name, string[] list) => (Name, _list) = (name, list);

    private SweepOption(string name, double from, double to, int? count, bool logarithmic, bool whole) =>
        (Name, _from, _to, _count, _logarithmic, _whole) = (name, from, to, count, logarithmic, whole);

    /// <summary>Without its dashes.</summary>
    public string Name { get; }

    /// <exception cref="UsageException">It is neither a list nor a range.</exception>
    public static SweepOption Parse(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array when value.GetArrayLength() > 0 => new SweepOption(name, [.. value.EnumerateArray().Select(element => Text(name, element))]),
        JsonValueKind.Object => Range(name, value),
        _ => throw new UsageException($"the option '{name}' is a list of values, or a range {{\"from\": 1e-4, \"to\": 1e-2}}; got {value.GetRawText()}"),
    };

    /// <summary>All values, for a grid.</summary>
    /// <exception cref="UsageException">It is a range that does not say how many.</exception>
    public IReadOnlyList<string> Grid()
    {
        if (_list is not null) return _list;
        int count = _count ?? throw new UsageException($"in a grid the range of '{Name}' needs a \"count\"");
        return [.. Enumerable.Range(0, count).Select(i => At(count == 1 ? 0 : i / (count - 1.0))).Distinct()];
    }

    /// <summary>A value at random, for which one number of the sequence is taken.</summary>
    public string Draw(RandomSource random) => _list is not null ? _list[random.Next(_list.Length)] : At(random.Next(int.MaxValue) / (int.MaxValue - 1.0));

    // Six digits say enough of a setting, and 0.001 is not to be 0.0009999999999999998.
    private string At(double share)
    {
        double value = _logarithmic ? _from * Math.Pow(_to / _from, share) : _from + (_to - _from) * share;
        return _whole ? Math.Round(value).ToString("F0", CultureInfo.InvariantCulture) : value.ToString("G6", CultureInfo.InvariantCulture);
    }

    private static string Text(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => throw new UsageException($"the option '{name}' has the value {value.GetRawText()}; values are texts, numbers, true and false"),
    };

    private static SweepOption Range(string name, JsonElement value)
    {
        foreach (var member in value.EnumerateObject())
        {
            if (member.Name is not ("from" or "to" or "count" or "scale" or "whole"))
                throw new UsageException($"the range of '{name}' has from, to, count, scale and whole; got '{member.Name}'.{Suggestion.For(member.Name, ["from", "to", "count", "scale", "whole"])}");
        }

        double from = Number(name, value, "from"), to = Number(name, value, "to");
        string scale = value.TryGetProperty("scale", out var given) ? Text(name, given) : "linear";
        if (scale is not ("linear" or "log")) throw new UsageException($"the scale of '{name}' is linear or log; got '{scale}'");
        if (!(from < to)) throw new UsageException($"the range of '{name}' goes from a smaller to a larger number; got {from} to {to}");
        if (scale == "log" && !(from > 0)) throw new UsageException($"a logarithmic range begins above 0; '{name}' begins at {from}");
        int? count = null;
        if (value.TryGetProperty("count", out var counted))
        {
            if (!(counted.ValueKind == JsonValueKind.Number && counted.TryGetInt32(out int number) && number is >= 1 and <= SweepFile.Most))
                throw new UsageException($"the count of '{name}' is a whole number from 1 to {SweepFile.Most}; got {counted.GetRawText()}");
            count = number;
        }

        bool whole = value.TryGetProperty("whole", out var flag) && flag.ValueKind == JsonValueKind.True;
        return new SweepOption(name, from, to, count, scale == "log", whole);
    }

    private static double Number(string name, JsonElement range, string member) =>
        range.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number)
            ? number
            : throw new UsageException($"the range of '{name}' needs a number \"{member}\"");
}
