using System.Diagnostics.CodeAnalysis;

namespace Gradus.Zoo;

/// <summary>All architectures of this assembly, by name.</summary>
public static class Architectures
{
    /// <summary>Every architecture, in the order of their names.</summary>
    public static IReadOnlyList<Architecture> All { get; } = Find();

    /// <summary>The architecture of this name.</summary>
    /// <exception cref="KeyNotFoundException">There is none; the message lists what there is.</exception>
    public static Architecture Get(string name) =>
        All.FirstOrDefault(architecture => architecture.Name == name)
        ?? throw new KeyNotFoundException($"there is no architecture '{name}'; there are {string.Join(", ", All.Select(architecture => architecture.Name))}");

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Architectures have only parameterless constructors; a trimmed program roots this assembly.")]
    [UnconditionalSuppressMessage("Trimming", "IL2072", Justification = "See above.")]
    private static List<Architecture> Find()
    {
        var found = new List<Architecture>();
        foreach (var type in typeof(Architecture).Assembly.GetTypes())
        {
            if (type.IsSubclassOf(typeof(Architecture)) && !type.IsAbstract) found.Add((Architecture)Activator.CreateInstance(type)!);
        }

        found.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
        return found;
    }
}
