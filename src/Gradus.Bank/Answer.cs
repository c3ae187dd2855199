namespace Gradus.Bank;

/// <summary>An answer in one language.</summary>
/// <param name="File">Its Markdown file.</param>
/// <param name="Title">The question.</param>
/// <param name="Sections">Its parts in their order: see <see cref="AnswerHeadings"/>.</param>
public sealed record Answer(string File, string Title, IReadOnlyList<AnswerSection> Sections)
{
    /// <summary>The answer as one would give it in an interview, in Markdown.</summary>
    public string Short => Sections.Count > 0 ? Sections[0].Markdown : "";
}

/// <summary>A part of an answer.</summary>
/// <param name="Heading">Its heading.</param>
/// <param name="Markdown">Its text.</param>
/// <param name="Line">The line of its heading in the file, from 1.</param>
public sealed record AnswerSection(string Heading, string Markdown, int Line);
