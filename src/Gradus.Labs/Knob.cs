using System.Globalization;
using System.Reflection;

namespace Gradus.Labs;

/// <summary>One knob of a lab: its name, its kind, its range, its place.</summary>
public sealed class Knob
{
    private readonly PropertyInfo _property;
    private readonly KnobAttribute _attribute;

    private Knob(PropertyInfo property, KnobAttribute attribute) => (_property, _attribute) = (property, attribute);

    /// <summary>In kebab-case: <c>learning-rate</c>.</summary>
    public string Name => KebabCase.Of(_property.Name);

    /// <summary>What turning it does.</summary>
    public Bilingual Meaning => (_attribute.En, _attribute.Zh);

    /// <summary>The values it takes, in words: <c>5 to 60</c>, <c>true or false</c>, <c>sgd, adam</c>.</summary>
    public string Range => Words is { } words ? string.Join(", ", words)
        : _property.PropertyType == typeof(string) ? "a text"
        : string.Create(CultureInfo.InvariantCulture, $"{_attribute.Least} to {_attribute.Most}");

    private string[]? Words => _attribute.Words
        ?? (_property.PropertyType == typeof(bool) ? ["true", "false"]
        : _property.PropertyType.IsEnum ? [.. Enum.GetNames(_property.PropertyType).Select(KebabCase.Of)] : null);

    /// <summary>All knobs of a lab, in the order of its source.</summary>
    public static IReadOnlyList<Knob> Of(Type lab)
    {
        ArgumentNullException.ThrowIfNull(lab);
        return
        [
            .. from property in lab.GetProperties()
               let attribute = property.GetCustomAttribute<KnobAttribute>()
               where attribute is not null
               orderby property.MetadataToken
               select new Knob(property, attribute),
        ];
    }

    /// <summary>The knob's value in a lab, as <see cref="Set"/> reads it.</summary>
    public string Get(Lab lab) => Write(_property.GetValue(lab));

    /// <summary>Turns the knob.</summary>
    /// <exception cref="KnobException">The value is not of the knob's kind, or out of its range.</exception>
    public void Set(Lab lab, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (Words is { } words && !words.Contains(value)) throw new KnobException($"{Name} is one of {string.Join(", ", words)}; got '{value}'", value, words);
        _property.SetValue(lab, Read(value));
    }

    private object Read(string value)
    {
        var type = _property.PropertyType;
        if (type == typeof(string)) return value;
        if (type == typeof(bool)) return value == "true";
        if (type.IsEnum) return Enum.Parse(type, value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true);
        if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)) throw new KnobException($"{Name} is a number from {Range}; got '{value}'");
        if (!(number >= _attribute.Least && number <= _attribute.Most)) throw new KnobException($"{Name} goes from {Range}; got {value}");
        if (type == typeof(int) && number != Math.Floor(number)) throw new KnobException($"{Name} is a whole number from {Range}; got {value}");
        return Convert.ChangeType(number, type, CultureInfo.InvariantCulture);
    }

    private static string Write(object? value) => value switch
    {
        bool flag => flag ? "true" : "false",
        Enum name => KebabCase.Of(name.ToString()),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value?.ToString() ?? "",
    };
}
