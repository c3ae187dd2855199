using Gradus.Labs;

namespace Gradus.Book.Pages;

/// <summary>One page in one language: everything round its text.</summary>
/// <param name="Language">Its language.</param>
/// <param name="Address">Its file below the language's folder, with slashes.</param>
/// <param name="Title">Its title.</param>
/// <param name="Part">The part of the book that is marked in the heading: questions, labs or errata.</param>
/// <param name="Main">Its text.</param>
/// <param name="Contents">The links of its margin; empty for none.</param>
/// <param name="Charts">Whether it draws charts.</param>
internal sealed record Page(Language Language, string Address, string Title, string Part, string Main, IReadOnlyList<(string Id, string Html, bool Deep)> Contents, bool Charts = false)
{
    public static string FolderOf(Language language) => language == Language.Chinese ? "zh" : "en";

    /// <summary>The way up from a page's folder to the book's.</summary>
    public static string Up(string address) => string.Concat(Enumerable.Repeat("../", address.Count(c => c == '/') + 1));

    public string Html()
    {
        string up = Up(Address), home = $"{up}{FolderOf(Language)}/", language = FolderOf(Language);
        var other = Language == Language.Chinese ? Language.English : Language.Chinese;
        string Word(Bilingual word) => Book.Html.Text(word.In(Language));
        string Link(string part, string file, Bilingual name) => $"<a href=\"{home}{file}\"{(part == Part ? " aria-current=\"page\"" : "")}>{Word(name)}</a>";
        string margin = Contents.Count == 0 ? "" : $"""
            <aside class="toc"><div><h2>{Word(Words.Contents)}</h2>{string.Concat(Contents.Select(entry => $"<a href=\"#{entry.Id}\"{(entry.Deep ? " class=\"deep\"" : "")}>{entry.Html}</a>"))}</div></aside>
            """;
        string charts = Charts ? $"<link rel=\"stylesheet\" href=\"{up}assets/uplot/uPlot.min.css\"><script src=\"{up}assets/uplot/uPlot.iife.min.js\" defer></script>" : "";
        return $"""
            <!DOCTYPE html>
            <html lang="{language}" data-base="{home}">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{Book.Html.Text(Title)} · Gradus</title>
            <link rel="icon" href="{up}assets/icon.svg" type="image/svg+xml">
            <link rel="alternate" hreflang="{FolderOf(other)}" href="{up}{FolderOf(other)}/{Address}">
            <link rel="stylesheet" href="{up}assets/katex/katex.min.css">
            <link rel="stylesheet" href="{up}assets/style.css">
            {charts}
            <script src="{up}assets/theme.js"></script>
            <script src="{up}assets/minisearch/minisearch.js" defer></script>
            <script src="{up}assets/search-{language}.js" defer></script>
            <script src="{up}assets/book.js" defer></script>
            </head>
            <body>
            <a class="skip" href="#text">{Word(Words.SkipToContent)}</a>
            <header class="top"><div class="row">
            <a class="brand" href="{home}index.html"><b>∇</b> Gradus</a>
            <nav>{Link("questions", "index.html", Words.Questions)}{Link("labs", "labs.html", Words.Labs)}{Link("errata", "errata.html", Words.Errata)}</nav>
            <div class="tools"><input id="search" type="search" placeholder="{Word(Words.SearchHint)}" aria-label="{Word(Words.Search)}" autocomplete="off">
            <button id="theme" type="button" title="{Word(Words.Theme)}" aria-label="{Word(Words.Theme)}">◐</button>
            <a class="lang" href="{up}{FolderOf(other)}/{Address}" hreflang="{FolderOf(other)}" lang="{FolderOf(other)}">{Word(Words.OtherLanguage)}</a>
            <div id="hits" data-nothing="{Word(Words.Nothing)}"></div></div>
            </div></header>
            <main id="text">{(margin.Length == 0 ? $"<div class=\"columns\"><div>{Main}</div></div>" : $"<div class=\"columns\"><div>{Main}</div>{margin}</div>")}</main>
            </body>
            </html>
            """;
    }
}
