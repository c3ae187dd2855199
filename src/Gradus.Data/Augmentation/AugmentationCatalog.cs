using System.Globalization;
using System.Reflection;
using System.Text;

namespace Gradus.Data;

/// <summary>All augmentations of this assembly by name.</summary>
public static class AugmentationCatalog
{
    private static readonly SortedDictionary<string, ConstructorInfo> Constructors = new(
        typeof(Augmentation).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(Augmentation)) && !type.IsAbstract)
            .ToDictionary(NameOf, type => type.GetConstructors().Single()),
        StringComparer.Ordinal);

    /// <summary>The names, sorted.</summary>
    public static IReadOnlyCollection<string> Names => Constructors.Keys;

    /// <summary>Every augmentation at its default strength, in the order of the names.</summary>
    public static IEnumerable<Augmentation> All => Names.Select(name => Create(name));

    /// <summary>Makes an augmentation.</summary>
    /// <param name="name">A name of <see cref="Names"/>.</param>
    /// <param name="strength">Its strength; null: the default.</param>
    /// <exception cref="ArgumentException">There is no such augmentation, or it does not take this strength.</exception>
    public static Augmentation Create(string name, float? strength = null)
    {
        if (!Constructors.TryGetValue(name, out var constructor))
            throw new ArgumentException($"There is no augmentation '{name}'. There are {string.Join(", ", Names)}.", nameof(name));
        const BindingFlags Defaults = BindingFlags.OptionalParamBinding | BindingFlags.DoNotWrapExceptions;
        return (Augmentation)constructor.Invoke(Defaults, null, [strength is { } given ? given : Type.Missing], CultureInfo.InvariantCulture);
    }

    // HorizontalFlip -> horizontal-flip
    internal static string NameOf(Type type)
    {
        var name = new StringBuilder();
        foreach (char letter in type.Name)
        {
            if (char.IsUpper(letter) && name.Length > 0) name.Append('-');
            name.Append(char.ToLowerInvariant(letter));
        }

        return name.ToString();
    }
}
