using System.Globalization;
using System.Text;
using Gradus.Bank;
using Gradus.Labs;

namespace Gradus.Book.Pages;

/// <summary>The pages that list: questions, labs, errata.</summary>
internal sealed class ListPages(BookContents contents)
{
    public Page Questions(Language language)
    {
        string Word(Bilingual word) => Html.Text(word.In(language));
        var (main, parts) = (new StringBuilder(), new List<(string, string, bool)>());
        main.Append($"<h1>{Word(Words.Subtitle)}</h1>{Summary(language)}");
        foreach (var section in contents.Bank.Questions.GroupBy(question => question.Section).OrderBy(section => section.Key))
        {
            string id = $"section-{section.Key}", name = Word(Words.Section(section.Key));
            main.Append($"<h2 id=\"{id}\">{name}</h2><ol class=\"questions\">");
            parts.Add((id, name, false));
            foreach (var question in section)
                main.Append($"<li><span class=\"number\">{question.Number}</span><a href=\"{QuestionPage.AddressOf(question)}\">{Html.Text(question.In(language).Title)}</a>{Fragments.Badge(contents.StateOf(question), language)}</li>");
            main.Append("</ol>");
        }

        return new Page(language, "index.html", Words.Subtitle.In(language), "questions", main.ToString(), parts);
    }

    public Page Labs(Language language)
    {
        var main = new StringBuilder($"<h1>{Html.Text(Words.Labs.In(language))}</h1><div class=\"wide\"><table>");
        foreach (var (lab, questions) in contents.Labs.All.Select(lab => (lab, contents.Bank.QuestionsOf(lab))).OrderBy(pair => pair.Item2.FirstOrDefault(int.MaxValue)))
        {
            var entries = contents.Report.Entries.Where(entry => entry.Lab == lab.Slug).ToArray();
            string badges = entries.Length == 0 ? Fragments.Badge(Words.NotRun, "open", language) : string.Join(' ', entries.Select(entry => Fragments.Badge(entry, language)));
            main.Append($"<tr><td><a href=\"labs/{lab.Slug}.html\">{Html.Text(lab.Title.In(language))}</a><br><code>{lab.Slug}</code></td><td>{badges}</td></tr>");
        }

        return new Page(language, "labs.html", Words.Labs.In(language), "labs", main.Append("</table></div>").ToString(), []);
    }

    public Page Errata(Language language)
    {
        var (main, parts) = (new StringBuilder($"<h1>{Html.Text(Words.ErrataOf.In(language))}</h1>"), new List<(string, string, bool)>());
        foreach (var question in contents.Bank.Questions.Where(question => question.Errata.Count > 0))
        {
            string id = $"question-{question.Number}", title = $"{question.Number}. {Html.Text(question.In(language).Title)}";
            main.Append($"<h2 id=\"{id}\"><a href=\"{QuestionPage.AddressOf(question)}\">{title}</a></h2>");
            parts.Add((id, title, false));
            foreach (var erratum in question.Errata) main.Append(Fragments.Erratum(erratum, language, lab => contents.Labs.Contains(lab) ? $"labs/{lab}.html" : null));
        }

        return new Page(language, "errata.html", Words.Errata.In(language), "errata", main.ToString(), parts);
    }

    private string Summary(Language language)
    {
        bool zh = language == Language.Chinese;
        int proven = contents.Report.Questions.Count(pair => pair.State == QuestionState.Proven), holds = contents.Report.Questions.Count(pair => pair.State is QuestionState.Proven or QuestionState.Holds);
        int errata = contents.Bank.Questions.Sum(question => question.Errata.Count), claims = contents.Report.Entries.Count;
        string Card(string number, string what) => $"<div class=\"card\"><b>{number}</b><span>{Html.Text(what)}</span></div>";
        string date = contents.Results.Count == 0 ? (zh ? "尚未运行过验证" : "no verification has run yet")
            : string.Create(CultureInfo.InvariantCulture, $"{(zh ? "最近一次验证" : "last verification")}: {contents.Results.Values.Max(result => result.Ended):yyyy-MM-dd}, {Words.Of(contents.Report.Budget).In(language)}; {contents.Results.Values.First().Machine}");
        return $"""
            <div class="summary">
            {Card($"{proven} / {contents.Bank.Questions.Count}", zh ? "题已证明" : "questions proven")}{Card($"{holds}", zh ? "题在最近一次验证中成立" : "questions hold in the last verification")}
            {Card($"{contents.Report.Entries.Count(entry => entry.AsExpected)} / {claims}", zh ? "条论断符合预期" : "claims as expected")}{Card($"{errata}", zh ? "条勘误" : "errata")}
            </div>
            <p class="crumb">{Html.Text(date)}</p>
            """;
    }
}
