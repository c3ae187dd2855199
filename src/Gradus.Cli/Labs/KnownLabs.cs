using Gradus.Bank;
using Gradus.Labs;

namespace Gradus.Cli.Labs;

/// <summary>The labs and the bank that came with the program, and what a user meant who wrote another name.</summary>
internal static class KnownLabs
{
    public static LabCatalog Catalog { get; } = new();

    /// <exception cref="UsageException">There is no such lab or knob, or the knob does not take the value.</exception>
    public static Lab Make(string slug, params IEnumerable<(string Knob, string Value)> knobs)
    {
        if (!Catalog.Contains(slug)) throw new UsageException($"there is no lab '{slug}'; see 'gradus lab list'.{Suggestion.For(slug, Catalog.Slugs)}");
        try
        {
            return Catalog.Make(slug, knobs);
        }
        catch (KnobException wrong)
        {
            throw new UsageException($"{wrong.Message}.{Suggestion.For(wrong.Written, wrong.Choices)}");
        }
    }

    /// <summary>The bank of the environment, or that of the program.</summary>
    public static QuestionBank LoadBank() => QuestionBank.Load();
}
