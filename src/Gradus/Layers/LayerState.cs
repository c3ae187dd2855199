using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text;

namespace Gradus.Layers;

/// <summary>What reflection finds in a layer's instance fields: parameters, buffers, random sources and child layers, with names.</summary>
internal sealed class LayerState
{
    public const DynamicallyAccessedMemberTypes Reflected =
        DynamicallyAccessedMemberTypes.PublicFields | DynamicallyAccessedMemberTypes.NonPublicFields
        | DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.NonPublicProperties;

    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    public List<(string Name, Parameter Parameter)> Parameters { get; } = [];

    public List<(string Name, Tensor Buffer)> Buffers { get; } = [];

    public List<(string Name, Layer Layer)> Children { get; } = [];

    public List<RandomSource> RandomSources { get; } = [];

    /// <summary>The layers that <see cref="All"/> visited.</summary>
    public List<Layer> Layers { get; } = [];

    /// <summary>What the layer itself holds.</summary>
    public static LayerState Of(Layer layer)
    {
        var state = new LayerState();
        foreach (var field in Fields(layer)) state.Add(layer, field);
        return state;
    }

    /// <summary>What the layer and all layers inside it hold, under full names; what is shared counts once, under its first name.</summary>
    public static LayerState All(Layer layer)
    {
        var all = new LayerState();
        all.Collect(layer, "", new HashSet<object>(ReferenceEqualityComparer.Instance));
        return all;
    }

    private void Collect(Layer layer, string prefix, HashSet<object> seen)
    {
        if (!seen.Add(layer)) return;
        Layers.Add(layer);
        var own = Of(layer);
        Parameters.AddRange(own.Parameters.Where(named => seen.Add(named.Parameter)).Select(named => (Join(prefix, named.Name), named.Parameter)));
        Buffers.AddRange(own.Buffers.Where(named => seen.Add(named.Buffer)).Select(named => (Join(prefix, named.Name), named.Buffer)));
        RandomSources.AddRange(own.RandomSources.Where(seen.Add));
        foreach (var (name, child) in own.Children) Collect(child, Join(prefix, name), seen);
    }

    private void Add(Layer layer, FieldInfo field)
    {
        switch (field.GetValue(layer))
        {
            case Parameter parameter:
                Parameters.Add((NameOf(field), parameter));
                break;
            case Tensor tensor when Attribute<BufferAttribute>(field) is not null:
                Buffers.Add((NameOf(field), tensor));
                break;
            case Layer child:
                Children.Add((NameOf(field), child));
                break;
            case IEnumerable<Layer> children:
                Children.AddRange(children.Select((child, place) => (NameOf(field, place), child)));
                break;
            case IEnumerable<KeyValuePair<string, Parameter>> named:
                Parameters.AddRange(named.Select(pair => (Join(NameOf(field), pair.Key), pair.Value)));
                break;
            case IEnumerable<Parameter> parameters:
                Parameters.AddRange(parameters.Select((parameter, place) => (NameOf(field, place), parameter)));
                break;
            case RandomSource random:
                RandomSources.Add(random);
                break;
        }
    }

    // The base class's fields first, as its constructor runs first.
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "Every class between Layer and the instance's inherits Layer's annotation.")]
    private static IEnumerable<FieldInfo> Fields(Layer layer)
    {
        var types = new Stack<FieldInfo[]>();
        for (var type = layer.GetType(); type is not null && type != typeof(Layer); type = type.BaseType)
        {
            var fields = type.GetFields(Declared);
            // Reflection promises no order; the metadata is in the order of declaration. Native AOT keeps no tokens, and that order.
            if (fields.Length > 1 && fields[0].HasMetadataToken()) Array.Sort(fields, (left, right) => left.MetadataToken.CompareTo(right.MetadataToken));
            types.Push(fields);
        }

        return types.SelectMany(fields => fields);
    }

    private static string NameOf(FieldInfo field) => Attribute<StateNameAttribute>(field)?.Name ?? SnakeCase(MemberName(field));

    private static string NameOf(FieldInfo field, int place)
    {
        string name = NameOf(field);
        return name.Contains("{0}", StringComparison.Ordinal) ? name.Replace("{0}", $"{place}", StringComparison.Ordinal) : Join(name, $"{place}");
    }

    private static string Join(string prefix, string name) => prefix.Length == 0 ? name : name.Length == 0 ? prefix : $"{prefix}.{name}";

    // An automatic property's attributes are on the property; its field is called <Name>k__BackingField.
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "The declaring class inherits Layer's annotation.")]
    private static T? Attribute<T>(FieldInfo field)
        where T : Attribute =>
        field.GetCustomAttribute<T>() ?? (field.Name.StartsWith('<') ? field.DeclaringType!.GetProperty(MemberName(field), Declared)?.GetCustomAttribute<T>() : null);

    // <Weight>k__BackingField of a property, <inner>P of a primary constructor's parameter, _weight of a field
    private static string MemberName(FieldInfo field) =>
        field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)] : field.Name.TrimStart('_');

    private static string SnakeCase(string name)
    {
        var text = new StringBuilder();
        for (int i = 0; i < name.Length; i++)
        {
            bool startsWord = i > 0 && char.IsUpper(name[i]) && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (startsWord) text.Append('_');
            text.Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }
}
