using System.Text;
using Gradus.Bank;
using Gradus.Labs;

namespace Gradus.Book.Pages;

/// <summary>A question with its answer, its claims and its errata.</summary>
internal sealed class QuestionPage(BookContents contents, BookMarkdown markdown, CodeHighlighter highlighter)
{
    public static string AddressOf(Question question) => $"questions/{question.Slug}.html";

    public Page Of(Question question, Language language)
    {
        string Word(Bilingual word) => Html.Text(word.In(language));
        var answer = question.In(language);
        var main = new StringBuilder();
        var parts = new List<(string, string, bool)>();
        main.Append($"""
            <p class="crumb">{Word(Words.Section(question.Section))}</p>
            <h1>{question.Number}. {Html.Text(answer.Title)}</h1>
            <p>{Fragments.Badge(contents.StateOf(question), language)}</p>
            """);
        for (int i = 0; i < answer.Sections.Count; i++)
        {
            var section = answer.Sections[i];
            string id = AnswerHeadings.English[i].ToLowerInvariant().Replace(' ', '-');
            var headings = new List<(string Id, string Html)>();
            string html = markdown.Render(section.Markdown, id, reference => Address(reference, question), headings);
            main.Append($"<h2 id=\"{id}\">{Html.Text(section.Heading)}</h2>").Append(i == 0 ? $"<div class=\"lead\">{html}</div>" : html);
            parts.Add((id, Html.Text(section.Heading), false));
            if (id == "explanation") parts.AddRange(headings.Select(heading => (heading.Id, heading.Html, true)));
            if (i == 0) Claims(main, parts, question, language);
        }

        Program(main, parts, question, language);
        Errata(main, parts, question, language);
        Turn(main, question, language);
        return new Page(language, AddressOf(question), $"{question.Number}. {answer.Title}", "questions", main.ToString(), parts);
    }

    private void Claims(StringBuilder main, List<(string, string, bool)> parts, Question question, Language language)
    {
        main.Append($"<h2 id=\"claims\">{Html.Text(Words.Claims.In(language))}</h2>");
        parts.Add(("claims", Html.Text(Words.Claims.In(language)), false));
        foreach (var claim in question.Claims) main.Append(Fragments.Claim(contents, claim, language, "../", withLab: true));
    }

    private void Program(StringBuilder main, List<(string, string, bool)> parts, Question question, Language language)
    {
        if (question.Program is not { } path) return;
        string title = Html.Text(Words.Program.In(language));
        main.Append($"<h2 id=\"program\">{title}</h2><pre><code class=\"hljs\">{highlighter.Highlight(File.ReadAllText(path), "csharp")}</code></pre>");
        parts.Add(("program", title, false));
    }

    private void Errata(StringBuilder main, List<(string, string, bool)> parts, Question question, Language language)
    {
        if (question.Errata.Count == 0) return;
        string title = Html.Text(Words.ErrataOf.In(language));
        main.Append($"<h2 id=\"errata\">{title}</h2>");
        parts.Add(("errata", title, false));
        foreach (var erratum in question.Errata) main.Append(Fragments.Erratum(erratum, language, lab => contents.Labs.Contains(lab) ? $"../labs/{lab}.html" : null));
    }

    private void Turn(StringBuilder main, Question question, Language language)
    {
        var all = contents.Bank.Questions;
        int at = all.ToList().FindIndex(other => other.Number == question.Number);
        string Side(int index, Bilingual word) => index < 0 || index >= all.Count ? "" : $"<a href=\"{all[index].Slug}.html\">{Html.Text(word.In(language))}: {all[index].Number}. {Html.Text(all[index].In(language).Title)}</a>";
        main.Append($"<div class=\"turn\">{Side(at - 1, Words.Previous)}{Side(at + 1, Words.Next)}</div>");
    }

    private string Address(string reference, Question question)
    {
        string[] parts = reference.Split(':', 2);
        return parts[0] switch
        {
            "lab" => contents.Labs.Contains(parts[1]) ? $"../labs/{parts[1]}.html" : "#claims",
            "question" when int.TryParse(parts[1], out int number) && contents.Bank.Find(number) is { } other => $"{other.Slug}.html",
            "question" => $"#{question.Slug}",
            "file" => "#program",
            _ => reference,
        };
    }
}
