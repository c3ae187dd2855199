namespace Gradus.Zoo;

/// <summary>All architectures of this assembly, by name.</summary>
public static partial class Architectures
{
    /// <summary>Every architecture, in the order of their names.</summary>
    public static IReadOnlyList<Architecture> All { get; } = [.. Create().OrderBy(architecture => architecture.Name, StringComparer.Ordinal)];

    /// <summary>The architecture of this name.</summary>
    /// <exception cref="KeyNotFoundException">There is none; the message lists what there is.</exception>
    public static Architecture Get(string name) =>
        All.FirstOrDefault(architecture => architecture.Name == name)
        ?? throw new KeyNotFoundException($"there is no architecture '{name}'; there are {string.Join(", ", All.Select(architecture => architecture.Name))}");

    /// <summary>One of each, written by Gradus.Zoo.Generators while this assembly is compiled, as native AOT drops what only reflection finds.</summary>
    private static partial Architecture[] Create();
}
