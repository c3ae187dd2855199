using System.Text.Json;
using System.Text.RegularExpressions;
using Gradus.Book.Pages;
using Gradus.Labs;

namespace Gradus.Book;

/// <summary>The pages as the reader's browser searches them: a script, because a page from a file may not read other files.</summary>
internal static partial class SearchIndex
{
    private const int ShortLength = 110;

    public static string Script(BookContents contents, Language language)
    {
        var pages = new List<object>();
        foreach (var question in contents.Bank.Questions)
        {
            var answer = question.In(language);
            Add("question", $"{question.Number}. {answer.Title}", QuestionPage.AddressOf(question), $"{string.Join(' ', question.Topics)} {string.Join(' ', question.Claims.Select(claim => claim.Text.In(language)))}", string.Join('\n', answer.Sections.Select(section => section.Markdown)));
        }

        foreach (var lab in contents.Labs.All) Add("lab", lab.Title.In(language), $"labs/{lab.Slug}.html", lab.Slug.Replace('-', ' '), "");
        return $"window.gradusPages = {JsonSerializer.Serialize(pages)};";

        void Add(string kind, string title, string url, string words, string text)
        {
            string plain = Blank().Replace(Marks().Replace(text, " "), " ").Trim();
            string beginning = kind == "lab" ? words : plain.Length > ShortLength ? $"{plain[..ShortLength]}…" : plain;
            pages.Add(new { id = pages.Count, kind, title, url, words, text = plain, @short = beginning });
        }
    }

    [GeneratedRegex(@"\]\([^)]*\)|[`*#|\[\]]|\$\$?")]
    private static partial Regex Marks();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();
}
