namespace Gradus.Labs;

/// <summary>Marks an <c>init</c> property of a lab that its user may turn: a number between two ends, a bool, an enum, or one of some words.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class KnobAttribute : Attribute
{
    /// <summary>A bool, an enum, or a text of any content.</summary>
    public KnobAttribute() { }

    /// <summary>A number, both ends included.</summary>
    public KnobAttribute(double least, double most) => (Least, Most) = (least, most);

    /// <summary>One of some words.</summary>
    public KnobAttribute(params string[] words) => Words = words;

    /// <summary>The least value of a number.</summary>
    public double Least { get; } = double.NegativeInfinity;

    /// <summary>The greatest value of a number.</summary>
    public double Most { get; } = double.PositiveInfinity;

    /// <summary>The words of which the value is one; null for other kinds.</summary>
    public string[]? Words { get; }

    /// <summary>What turning it does, in English.</summary>
    public string En { get; init; } = "";

    /// <summary>What turning it does, in Chinese.</summary>
    public string Zh { get; init; } = "";
}
