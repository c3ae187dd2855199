namespace Gradus.Labs;

/// <summary>A knob that does not exist, or a value that it does not take; the message is one line.</summary>
public sealed class KnobException : Exception
{
    internal KnobException(string message, string written = "", IReadOnlyList<string>? choices = null) : base(message) => (Written, Choices) = (written, choices ?? []);

    /// <summary>The word that is no choice; empty where it was a number.</summary>
    public string Written { get; }

    /// <summary>What could have been written; empty where any number of a range could.</summary>
    public IReadOnlyList<string> Choices { get; }
}
