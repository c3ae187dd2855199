using System.Globalization;
using System.Text;
using System.Text.Json;
using Gradus.Bank;
using Gradus.Labs;

namespace Gradus.Book.Pages;

/// <summary>A lab: its verdicts with every figure, its charts and pictures, its knobs, its source.</summary>
internal sealed class LabPage(BookContents contents, CodeHighlighter highlighter)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public Page Of(Lab lab, Language language)
    {
        string Word(Bilingual word) => Html.Text(word.In(language));
        var (main, parts) = (new StringBuilder(), new List<(string, string, bool)>());
        var result = contents.Results.GetValueOrDefault(lab.Slug);
        var questions = contents.Bank.QuestionsOf(lab).Select(contents.Bank.Find).OfType<Question>();
        main.Append($"""
            <p class="crumb"><a href="../labs.html">{Word(Words.Labs)}</a> · {Word(Words.ServesQuestions)} {string.Join(", ", questions.Select(question => $"<a href=\"../{QuestionPage.AddressOf(question)}\">{question.Number}</a>"))}</p>
            <h1>{Word(lab.Title)}</h1>
            """);
        if (result is not null) main.Append(Run(result, language));
        Part("claims", Words.Claims);
        foreach (var claim in contents.Bank.Questions.SelectMany(question => question.Claims).Where(claim => claim.Lab == lab.Slug).Distinct())
        {
            var verdict = result?.Verdicts.FirstOrDefault(verdict => verdict.Claim == claim.Id);
            main.Append(Fragments.Claim(contents, claim, language, "../", withLab: false, verdict is null ? "" : Arms(verdict, result!.Seeds, language)));
        }

        if (result is not null) Figures(result);
        Turns();
        Part("source", Words.Source);
        main.Append($"<pre><code class=\"hljs\">{highlighter.Highlight(LabCatalog.Source(lab) ?? "", "csharp")}</code></pre>");
        return new Page(language, $"labs/{lab.Slug}.html", lab.Title.In(language), "labs", main.ToString(), parts, Charts: result is { Charts.Count: > 0 });

        void Part(string id, Bilingual title)
        {
            main.Append($"<h2 id=\"{id}\">{Word(title)}</h2>");
            parts.Add((id, Word(title), false));
        }

        void Figures(LabResult result)
        {
            if (result.Notes.Count > 0)
            {
                Part("notes", Words.Notes);
                main.Append($"<ul>{string.Concat(result.Notes.Select(note => $"<li>{Word(note)}</li>"))}</ul>");
            }

            if (result.Charts.Count + result.Pictures.Count + result.Tables.Count == 0) return;
            Part("figures", Words.Figures);
            foreach (var chart in result.Charts) main.Append(Plot(chart, lab.Slug, language));
            foreach (var picture in result.Pictures)
                main.Append($"<figure id=\"{Path.GetFileNameWithoutExtension(picture.File)}\"><figcaption>{Word(picture.Title)}</figcaption><img src=\"../../pictures/{lab.Slug}/{picture.File}\" alt=\"{Word(picture.Title)}\" loading=\"lazy\"></figure>");
            foreach (var table in result.Tables) main.Append(Table(table, language));
        }

        void Turns()
        {
            var knobs = Knob.Of(lab.GetType());
            Part("run", Words.RunIt);
            main.Append($"<pre><code>gradus lab run {lab.Slug} --full</code></pre>");
            if (knobs.Count > 0)
            {
                main.Append($"<div class=\"wide\"><table><tr><th>{Word(Words.Knobs)}</th><th>{Word(Words.Value)}</th><th>{Word(Words.Range)}</th><th>{Word(Words.Meaning)}</th></tr>");
                foreach (var knob in knobs) main.Append($"<tr><td><code>{knob.Name}</code></td><td>{Html.Text(knob.Get(lab))}</td><td>{Html.Text(knob.Range)}</td><td>{Word(knob.Meaning)}</td></tr>");
                main.Append("</table></div>");
            }

            if (lab.Presets.Count == 0) return;
            main.Append($"<h3 id=\"presets\">{Word(Words.Presets)}</h3><ul>");
            foreach (var preset in lab.Presets) main.Append($"<li><code>--preset {preset.Name}</code> {Word(preset.Comment)}</li>");
            main.Append("</ul>");
        }
    }

    private static string Run(LabResult result, Language language) => string.Create(CultureInfo.InvariantCulture,
        $"<p class=\"crumb\">{Html.Text(Words.LastRun.In(language))}: {result.Ended:yyyy-MM-dd}, {Html.Text(Words.Of(result.Budget).In(language))}, {result.Seconds:0.0} {Html.Text(Words.Seconds.In(language))}; {Html.Text(result.Machine)}</p>")
        + (result.Missing is { } missing ? $"<p class=\"erratum\">{Html.Text(missing)}</p>" : "");

    private static string Arms(Verdict verdict, IReadOnlyList<ulong> seeds, Language language)
    {
        string Word(Bilingual word) => Html.Text(word.In(language));
        var table = new StringBuilder($"<div class=\"wide\"><table><tr><th>{Word(Words.Arm)}</th>");
        foreach (ulong seed in seeds) table.Append($"<th class=\"number\">{Word(Words.Seed)} {seed}</th>");
        table.Append($"<th class=\"number\">{Word(Words.Median)}</th></tr>");
        foreach (var arm in verdict.Arms)
        {
            table.Append($"<tr><td>{Word(arm.Name)}</td>");
            for (int i = 0; i < seeds.Count; i++) table.Append($"<td class=\"number\">{(i < arm.Values.Count ? Html.Number(arm.Values[i]) : "")}</td>");
            table.Append($"<td class=\"number\"><b>{Html.Number(arm.Median)}</b></td></tr>");
        }

        return table.Append("</table></div>").ToString();
    }

    private static string Table(ResultTable table, Language language)
    {
        var html = new StringBuilder($"<figure id=\"{table.Name}\"><figcaption>{Html.Text(table.Title.In(language))}</figcaption><div class=\"wide\"><table><tr>");
        foreach (var column in table.Columns) html.Append($"<th>{Html.Text(column.In(language))}</th>");
        html.Append("</tr>");
        foreach (var row in table.Rows) html.Append($"<tr>{string.Concat(row.Select(cell => $"<td>{Html.Text(cell.In(language))}</td>"))}</tr>");
        return html.Append("</table></div></figure>").ToString();
    }

    private static string Plot(Chart chart, string lab, Language language)
    {
        // The serializer escapes < and &, so that the text cannot end the script.
        string data = JsonSerializer.Serialize(new
        {
            xLabel = chart.XLabel.In(language),
            yLabel = chart.YLabel.In(language),
            logX = chart.LogX,
            logY = chart.LogY,
            lines = chart.Lines.Select(line => new { name = line.Name.In(language), x = line.X.Select(Finite), y = line.Y.Select(Finite) }),
        }, Json);
        string title = Html.Text(chart.Title.In(language));
        return $"""
            <figure class="chart" id="{chart.Name}"><figcaption>{title}</figcaption><div class="plot" role="img" aria-label="{title}"></div><script type="application/json">{data}</script>
            <noscript><img src="../../pictures/{lab}/{chart.Name}.png" alt="{title}"></noscript></figure>
            """;

        static double? Finite(double value) => double.IsFinite(value) ? value : null;
    }
}
