using Gradus.Bank;
using Gradus.Labs;

namespace Gradus.Book.Tests;

public sealed class StaticBookTests : IDisposable
{
    private readonly TemporaryBank _files = new();

    private string Out => $"{_files.Folder}-book";

    public void Dispose()
    {
        _files.Dispose();
        if (Directory.Exists(Out)) Directory.Delete(Out, recursive: true);
    }

    [Fact]
    public void A_question_and_a_lab_that_were_added_are_in_the_book_with_their_verdicts()
    {
        _files.Add(1, TemporaryBank.Claim("four", "summing"), english: text => text.Replace("## Explanation\n", "## Explanation\n\nAs $a^2$ in [the run](lab:summing), `code <b>`:\n\n$$\n\\frac{1}{2}\n$$\n", StringComparison.Ordinal));
        Write(verified: true);
        string question = Read("en/questions/01-sum.html"), lab = Read("zh/labs/summing.html");
        Assert.Contains("<span class=\"badge good\">holds</span> Two and two are four, as four says.", question, StringComparison.Ordinal);
        Assert.Contains("<a href=\"../labs/summing.html\">the run</a>", question, StringComparison.Ordinal);
        Assert.Contains("class=\"katex\"", question, StringComparison.Ordinal);
        Assert.Contains("<mfrac>", question, StringComparison.Ordinal);
        Assert.Contains("code &lt;b&gt;", question, StringComparison.Ordinal);
        Assert.Contains("二加二等于四", lab, StringComparison.Ordinal);
        Assert.Contains("<td class=\"number\"><b>4</b></td>", lab, StringComparison.Ordinal);
        Assert.Contains("hljs-keyword", lab, StringComparison.Ordinal);
        Assert.Contains("01-sum", Read("assets/search-zh.js"), StringComparison.Ordinal);
        Assert.Contains("summing", Read("en/labs.html"), StringComparison.Ordinal);
        Assert.Contains("Five.", Read("en/errata.html"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_has_not_run_is_shown_as_not_yet_proven()
    {
        _files.Add(1, TemporaryBank.Claim("four", "not-written"));
        Write(verified: false);
        string question = Read("en/questions/01-sum.html");
        Assert.Contains("<span class=\"badge open\">not yet proven</span>", question, StringComparison.Ordinal);
        Assert.DoesNotContain("labs/not-written.html", question, StringComparison.Ordinal);
    }

    [Fact]
    public void A_formula_that_cannot_be_drawn_stops_the_book_and_leaves_the_old_one()
    {
        _files.Add(1, TemporaryBank.Claim("four", "summing"));
        Write(verified: false);
        _files.Add(1, TemporaryBank.Claim("four", "summing"), english: text => text.Replace("## Explanation\n", "## Explanation\n\n$\\frac{1}$\n", StringComparison.Ordinal));
        Assert.Contains(@"the formula '\frac{1}' cannot be drawn", Assert.Throws<FormatException>(() => Write(verified: false)).Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Out, "index.html")));
        Assert.Empty(Directory.GetDirectories(Path.GetDirectoryName(Out)!, $"{Path.GetFileName(Out)}.*.tmp"));
    }

    [Fact]
    public void A_folder_that_holds_something_else_is_left_alone()
    {
        _files.Add(1, TemporaryBank.Claim("four", "summing"));
        Directory.CreateDirectory(Out);
        File.WriteAllText(Path.Combine(Out, "thesis.txt"), "");
        Assert.Contains("holds something that is no book", Assert.Throws<IOException>(() => Write(verified: false)).Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Out, "thesis.txt")));
    }

    [Fact]
    public void Every_formula_of_the_bank_can_be_drawn() => Assert.True(StaticBook.Write(BookContents.Of(QuestionBank.Load(), new LabCatalog(), null), Out, cancellation: TestContext.Current.CancellationToken) > 92);

    private void Write(bool verified)
    {
        var (bank, labs) = (QuestionBank.Load(_files.Folder), new LabCatalog(typeof(Summing).Assembly));
        string? folder = verified ? Path.Combine(Out, "..", $"{Path.GetFileName(Out)}-verified") : null;
        if (folder is not null) new Verifier(bank, labs).Run(new VerificationSettings(Budget.Tiny, folder), cancellation: TestContext.Current.CancellationToken);
        StaticBook.Write(BookContents.Of(bank, labs, folder), Out, cancellation: TestContext.Current.CancellationToken);
        if (folder is not null) Directory.Delete(folder, recursive: true);
    }

    private string Read(string file) => File.ReadAllText(Path.Combine(Out, file));
}
