using Gradus.Labs;

namespace Gradus.Bank;

/// <summary>A question of the bank with its answer in both languages.</summary>
/// <param name="Number">1, 2, ...</param>
/// <param name="Section">The section of the bank.</param>
/// <param name="Folder">Where its files lie.</param>
/// <param name="Topics">What it is about, in kebab-case.</param>
/// <param name="Claims">What its answer claims, those of other questions that it refers to among them.</param>
/// <param name="Errata">What common answers get wrong.</param>
/// <param name="Problem">The coding problem that it states; null for none.</param>
/// <param name="English">The answer in English.</param>
/// <param name="Chinese">The answer in Chinese.</param>
public sealed record Question(
    int Number, int Section, string Folder, IReadOnlyList<string> Topics, IReadOnlyList<Claim> Claims, IReadOnlyList<Erratum> Errata, string? Problem,
    Answer English, Answer Chinese)
{
    /// <summary>The folder's name: <c>11-vanishing-gradients</c>.</summary>
    public string Slug => Path.GetFileName(Folder);

    /// <summary>The answer in a language.</summary>
    public Answer In(Language language) => language == Language.Chinese ? Chinese : English;

    /// <summary>The question itself.</summary>
    public Bilingual Title => (English.Title, Chinese.Title);

    /// <summary>The complete program beside the answer; null for none.</summary>
    public string? Program => File.Exists(Path.Combine(Folder, "program.cs")) ? Path.Combine(Folder, "program.cs") : null;
}
