using Gradus.Labs;

namespace Gradus.Bank.Tests;

public sealed class QuestionBankTests : IDisposable
{
    private readonly TemporaryBank _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void A_question_is_read_with_its_claims_errata_and_sections()
    {
        _files.Add(2, TemporaryBank.Claim("four", "summing", "refuted"));
        var question = Assert.Single(QuestionBank.Load(_files.Folder).Questions);
        Assert.Equal((2, 1, "What is two and two?", "二加二等于几？"), (question.Number, question.Section, question.Title.En, question.Title.Zh));
        Assert.Equal(new Claim("four", ("Two and two are four, as four says.", "二加二等于四：four。"), Outcome.Refuted, "= 4", "summing", 2), Assert.Single(question.Claims));
        var erratum = Assert.Single(question.Errata);
        Assert.Equal((ErratumKind.Wrong, EvidenceKind.Derivation, "四。"), (erratum.Kind, erratum.Shown.By, erratum.Right.Zh));
        Assert.Equal(AnswerHeadings.English, question.English.Sections.Select(section => section.Heading));
        Assert.StartsWith("word2 word2", question.English.Short, StringComparison.Ordinal);
    }

    [Fact]
    public void A_claim_of_another_question_belongs_to_both()
    {
        _files.Add(1, TemporaryBank.Claim("four", "summing"));
        _files.Add(2, "  - {id: four, question: 1}");
        var bank = QuestionBank.Load(_files.Folder);
        Assert.Equal([1, 2], bank.QuestionsOf(bank.Find("summing", "four")!));
    }

    [Theory]
    [InlineData("expected: holds", "expected: perhaps", "expected is one of holds, refuted, fails; got 'perhaps'", 7)]
    [InlineData("number: 1", "number: one", "", 2)]
    [InlineData("number: 1", "number: 9", "lies in the folder '01-sum'", 2)]
    [InlineData("topics: [arithmetic]", "topics: [arithmetic", "", 0)]
    [InlineData("topics: [arithmetic]", "subject: arithmetic", "subject", 5)]
    [InlineData("kind: wrong", "kind: silly", "kind is one of wrong, contradiction, code, vague", 9)]
    [InlineData("figure: \"= 4\", ", "", "needs en, zh, expected, figure and lab", 7)]
    public void Broken_front_matter_is_named_by_file_and_line(string sound, string broken, string message, int line)
    {
        string folder = _files.Add(1, TemporaryBank.Claim("four", "summing"), english: text => text.Replace(sound, broken, StringComparison.Ordinal));
        var failure = Assert.Throws<BankFormatException>(() => QuestionBank.Load(_files.Folder));
        Assert.Equal(Path.Combine(folder, "en.md"), failure.File);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
        if (line > 0) Assert.Equal(line, failure.Line);
    }

    [Fact]
    public void A_reference_to_a_claim_that_nobody_states_is_refused()
    {
        _files.Add(1, TemporaryBank.Claim("four", "summing"));
        _files.Add(2, "  - {id: five, question: 1}");
        Assert.Contains("question 1 states no claim 'five'", Assert.Throws<BankFormatException>(() => QuestionBank.Load(_files.Folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_front_matter_and_a_missing_file_are_refused()
    {
        string folder = _files.Add(1, TemporaryBank.Claim("four", "summing"), chinese: _ => "## 简答\n");
        Assert.Contains("front matter", Assert.Throws<BankFormatException>(() => QuestionBank.Load(_files.Folder)).Message, StringComparison.Ordinal);
        File.Delete(Path.Combine(folder, "zh.md"));
        Assert.Contains("missing", Assert.Throws<BankFormatException>(() => QuestionBank.Load(_files.Folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Search_wants_every_word_and_puts_titles_first()
    {
        _files.Add(1, TemporaryBank.Claim("four", "summing"), english: text => text.Replace("## Sources", "## Sources\n\nA book of arithmetic gradients.", StringComparison.Ordinal));
        _files.Add(2, TemporaryBank.Claim("five", "summing"), english: text => text.Replace("What is two and two?", "What are gradients?", StringComparison.Ordinal));
        var bank = QuestionBank.Load(_files.Folder);
        Assert.Equal([2, 1], BankSearch.Find(bank, "GRADIENTS", Language.English).Select(hit => hit.Question.Number));
        Assert.Equal([1], BankSearch.Find(bank, "gradients book", Language.English).Select(hit => hit.Question.Number));
        Assert.Contains("arithmetic gradients", BankSearch.Find(bank, "gradients book", Language.English)[0].Excerpt, StringComparison.Ordinal);
        Assert.Empty(BankSearch.Find(bank, "  ", Language.English));
    }
}
