using System.Reflection;

namespace Bench;

/// <summary>Finds the contender that does a piece of work for a side, by its <see cref="RunsAttribute"/>.</summary>
internal static class Contenders
{
    public static bool Exists(string work, Side side) => Find(work, side) is not null;

    public static Contender Create(string work, Side side) =>
        Find(work, side) is { } type
            ? (Contender)Activator.CreateInstance(type)!
            : throw new BenchException($"{side} has no contender for '{work}'. Write a class with [Runs(\"{work}\", Side.{side})].");

    // A loop, and only over contenders: a side's process does this before its first step, and that time is measured.
    private static Type? Find(string work, Side side)
    {
        foreach (var type in typeof(Contenders).Assembly.GetTypes())
        {
            if (type.IsSubclassOf(typeof(Contender)) && type.GetCustomAttribute<RunsAttribute>() is { } runs && runs.Work == work && runs.Side == side) return type;
        }

        return null;
    }
}
