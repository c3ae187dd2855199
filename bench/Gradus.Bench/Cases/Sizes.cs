using System.Globalization;

namespace Bench;

/// <summary>The named sizes of a case, such as batch = 64. Its text, <c>batch=64,side=32</c>, is how a child process is told.</summary>
internal sealed class Sizes(params (string Name, int Value)[] all)
{
    public int this[string name] => all.First(size => size.Name == name).Value;

    /// <summary>Every size but the fixed ones changed by up to a quarter, by a half where that would round to no change at all.</summary>
    public Sizes Neighbour(Random random, IReadOnlyCollection<string> fixedNames) =>
        new([.. all.Select(size => fixedNames.Contains(size.Name) ? size : (size.Name, Near(size.Value, random)))]);

    public static Sizes Parse(string text) =>
        new([.. text.Split(',').Select(part => part.Split('=')).Select(pair => (pair[0], int.Parse(pair[1], CultureInfo.InvariantCulture)))]);

    public override string ToString() => string.Join(',', all.Select(size => $"{size.Name}={size.Value}"));

    private static int Near(int value, Random random)
    {
        int reach = Math.Max(1, value / 4);
        return Math.Max(1, random.Next(value - reach, value + reach + 1));
    }
}
