using Gradus.Book.Pages;
using Gradus.Labs;

namespace Gradus.Book;

/// <summary>Writes the bank as a static web site.</summary>
public static class StaticBook
{
    private const string MarkerFile = ".gradus-book";

    /// <summary>Writes the whole book; the folder appears whole or stays as it was.</summary>
    /// <param name="contents">What to write.</param>
    /// <param name="folder">A folder that does not exist, is empty, or holds an earlier book.</param>
    /// <param name="progress">Hears of every page: how many are done, of how many.</param>
    /// <param name="cancellation">Stops the writing.</param>
    /// <returns>The number of pages.</returns>
    /// <exception cref="IOException">The folder holds something else, or cannot be written.</exception>
    /// <exception cref="FormatException">A formula cannot be drawn.</exception>
    public static int Write(BookContents contents, string folder, IProgress<(int Done, int All)>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(contents);
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (File.Exists(folder)) throw new IOException($"'{folder}' is a file; name a folder for the book");
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any() && !File.Exists(Path.Combine(folder, MarkerFile)))
            throw new IOException($"'{folder}' holds something that is no book; name an empty folder");
        string temporary = $"{folder}.{Environment.ProcessId}.tmp";
        try
        {
            int pages = WriteInto(contents, temporary, progress, cancellation);
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
            Directory.Move(temporary, folder);
            return pages;
        }
        finally
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        }
    }

    private static int WriteInto(BookContents contents, string folder, IProgress<(int Done, int All)>? progress, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, MarkerFile), "");
        using var highlighter = new CodeHighlighter();
        using var formulas = new FormulaRenderer();
        var (question, lab, lists) = (new QuestionPage(contents, new BookMarkdown(formulas, highlighter), highlighter), new LabPage(contents, highlighter), new ListPages(contents));
        var languages = Enum.GetValues<Language>();
        int all = languages.Length * (contents.Bank.Questions.Count + contents.Labs.Slugs.Count + 3), done = 0;
        foreach (var language in languages)
        {
            foreach (var each in contents.Bank.Questions) Save(question.Of(each, language));
            foreach (var each in contents.Labs.All) Save(lab.Of(each, language));
            Save(lists.Questions(language));
            Save(lists.Labs(language));
            Save(lists.Errata(language));
            Put($"assets/search-{Page.FolderOf(language)}.js", SearchIndex.Script(contents, language));
        }

        Put("index.html", Resources.Text("Site/index.html"));
        Assets(folder);
        Pictures(contents, folder);
        return done;

        void Save(Page page)
        {
            cancellation.ThrowIfCancellationRequested();
            Put($"{Page.FolderOf(page.Language)}/{page.Address}", page.Html());
            done++;
            progress?.Report((done, all));
        }

        void Put(string file, string text)
        {
            string path = Path.Combine(folder, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }
    }

    // KaTeX and highlight.js have done their work already: the reader's browser needs KaTeX's letters and its style alone.
    private static void Assets(string folder)
    {
        foreach (string name in Resources.Names.Where(name => !name.EndsWith("katex.min.js", StringComparison.Ordinal) && !name.StartsWith("Vendor/highlight", StringComparison.Ordinal) && name is not ("Site/index.html" or "Vendor/README.md")))
            Resources.Copy(name, Path.Combine(folder, "assets", name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..]));
    }

    private static void Pictures(BookContents contents, string folder)
    {
        if (contents.Folder is null) return;
        foreach (var result in contents.Results.Values)
        {
            foreach (string file in result.Pictures.Select(picture => picture.File).Concat(result.Charts.Select(chart => $"{chart.Name}.png")))
            {
                string from = Path.Combine(contents.Folder, result.Lab, file), to = Path.Combine(folder, "pictures", result.Lab, file);
                if (!File.Exists(from)) continue;
                Directory.CreateDirectory(Path.GetDirectoryName(to)!);
                File.Copy(from, to);
            }
        }
    }
}
