using System.Reflection;

namespace Gradus.Labs;

/// <summary>All labs of some assemblies, by name.</summary>
/// <param name="assemblies">Where to look; this one if none is given.</param>
public sealed class LabCatalog(params IEnumerable<Assembly> assemblies)
{
    private readonly SortedDictionary<string, Type> _labs = Find([.. assemblies]);

    /// <summary>The names of all labs, in order.</summary>
    public IReadOnlyCollection<string> Slugs => _labs.Keys;

    /// <summary>One of each.</summary>
    public IEnumerable<Lab> All => _labs.Values.Select(type => Make(type));

    /// <summary>Whether there is a lab of this name.</summary>
    public bool Contains(string slug) => _labs.ContainsKey(slug);

    /// <summary>A lab with some knobs turned.</summary>
    /// <param name="slug">Its name.</param>
    /// <param name="knobs">Names and values.</param>
    /// <exception cref="KeyNotFoundException">There is no such lab.</exception>
    /// <exception cref="KnobException">There is no such knob, or it does not take the value.</exception>
    public Lab Make(string slug, params IEnumerable<(string Knob, string Value)> knobs)
    {
        ArgumentNullException.ThrowIfNull(knobs);
        if (!_labs.TryGetValue(slug, out var type)) throw new KeyNotFoundException($"there is no lab '{slug}'");
        var lab = Make(type);
        var known = Knob.Of(type);
        string[] names = [.. known.Select(knob => knob.Name)];
        foreach (var (name, value) in knobs)
        {
            var knob = known.FirstOrDefault(knob => knob.Name == name) ?? throw new KnobException(
                names.Length == 0 ? $"{slug} has no knobs; got '{name}'" : $"{slug} has no knob '{name}'; it has {string.Join(", ", names)}", name, names);
            knob.Set(lab, value);
        }

        return lab;
    }

    /// <summary>The source file of a lab of this project; null for one from elsewhere.</summary>
    public static string? Source(Lab lab)
    {
        ArgumentNullException.ThrowIfNull(lab);
        using var stream = lab.GetType().Assembly.GetManifestResourceStream($"source/{lab.GetType().Name}.cs");
        if (stream is null) return null;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    internal static Lab Make(Type type) => (Lab)Activator.CreateInstance(type)!;

    private static SortedDictionary<string, Type> Find(Assembly[] assemblies)
    {
        var labs = new SortedDictionary<string, Type>(StringComparer.Ordinal);
        foreach (var type in (assemblies.Length == 0 ? [typeof(LabCatalog).Assembly] : assemblies).Distinct().SelectMany(assembly => assembly.GetTypes()))
        {
            if (type.IsSubclassOf(typeof(Lab)) && !type.IsAbstract && type.GetConstructor([]) is not null) labs.Add(Make(type).Slug, type);
        }

        return labs;
    }
}
