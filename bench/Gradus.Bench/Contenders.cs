using System.Reflection;

namespace Bench;

/// <summary>Finds the contender that does a piece of work for a side, by its <see cref="RunsAttribute"/>.</summary>
internal static class Contenders
{
    private static readonly Dictionary<(string Work, Side Side), Type> Found =
        typeof(Contenders).Assembly.GetTypes()
            .Select(type => (Type: type, Runs: type.GetCustomAttribute<RunsAttribute>()))
            .Where(found => found.Runs is not null)
            .ToDictionary(found => (found.Runs!.Work, found.Runs.Side), found => found.Type);

    public static bool Exists(string work, Side side) => Found.ContainsKey((work, side));

    public static Contender Create(string work, Side side) =>
        Found.TryGetValue((work, side), out var type)
            ? (Contender)Activator.CreateInstance(type)!
            : throw new BenchException($"{side} has no contender for '{work}'. Write a class with [Runs(\"{work}\", Side.{side})].");
}
