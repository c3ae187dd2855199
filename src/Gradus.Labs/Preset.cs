namespace Gradus.Labs;

/// <summary>Named values of some knobs.</summary>
/// <param name="Name">In kebab-case: <c>rate-of-ten</c>.</param>
/// <param name="Comment">What happens with it, and why.</param>
/// <param name="Knobs">Names and values, as <c>--set</c> takes them.</param>
public sealed record Preset(string Name, Bilingual Comment, params IReadOnlyList<(string Knob, string Value)> Knobs);
