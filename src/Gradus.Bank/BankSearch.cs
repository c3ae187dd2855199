using Gradus.Labs;

namespace Gradus.Bank;

/// <summary>Finds words in questions and answers.</summary>
public static class BankSearch
{
    private const int Around = 60; // characters of the answer shown on each side of a hit

    /// <summary>The questions that hold every word of a text, those with a word in the title first, then by how often the words come.</summary>
    /// <param name="bank">Where to look.</param>
    /// <param name="text">Words with blanks between them; case does not matter.</param>
    /// <param name="language">In which language's answers.</param>
    public static IReadOnlyList<(Question Question, string Excerpt)> Find(QuestionBank bank, string text, Language language)
    {
        ArgumentNullException.ThrowIfNull(bank);
        ArgumentNullException.ThrowIfNull(text);
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (words.Length == 0) return [];
        return
        [
            .. from question in bank.Questions
               let answer = question.In(language)
               let body = string.Join('\n', answer.Sections.Select(section => section.Markdown))
               let all = $"{answer.Title}\n{string.Join(' ', question.Topics)}\n{body}"
               where words.All(word => all.Contains(word, StringComparison.OrdinalIgnoreCase))
               orderby words.Count(word => answer.Title.Contains(word, StringComparison.OrdinalIgnoreCase)) descending, words.Sum(word => Count(all, word)) descending, question.Number
               select (question, Excerpt(body, words)),
        ];
    }

    private static int Count(string text, string word)
    {
        int count = 0;
        for (int i = text.IndexOf(word, StringComparison.OrdinalIgnoreCase); i >= 0; i = text.IndexOf(word, i + word.Length, StringComparison.OrdinalIgnoreCase)) count++;
        return count;
    }

    private static string Excerpt(string body, string[] words)
    {
        int at = words.Select(word => body.IndexOf(word, StringComparison.OrdinalIgnoreCase)).Where(index => index >= 0).DefaultIfEmpty(0).Min();
        int begin = Math.Max(0, at - Around), end = Math.Min(body.Length, at + Around);
        string piece = body[begin..end].ReplaceLineEndings(" ").Trim();
        return $"{(begin > 0 ? "…" : "")}{piece}{(end < body.Length ? "…" : "")}";
    }
}
