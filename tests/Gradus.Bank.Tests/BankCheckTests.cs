using Gradus.Labs;

namespace Gradus.Bank.Tests;

public sealed class BankCheckTests : IDisposable
{
    private readonly TemporaryBank _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void A_sound_question_has_no_fault()
    {
        _files.Add(1, TemporaryBank.Claim("four", "summing"));
        Assert.Empty(Faults());
    }

    [Theory]
    [InlineData("## Trade-offs", "## Weighing", "the headings are")]
    [InlineData("## Explanation\n", "## Explanation\n\n### One more part\n", "1 headings")]
    [InlineData("## Explanation\n", "## Explanation\n\n$$\nx\n$$\n", "1 displayed formulas")]
    [InlineData("## Explanation\n", "## Explanation\n\n```csharp\n- no bullet\n```\n", "1 blocks of code")]
    [InlineData("## Explanation\n", "## Explanation\n\n[there](lab:nowhere)\n", "lab:nowhere is not there")]
    [InlineData("## Explanation\n", "## Explanation\n\n[there](question:12)\n", "question:12 is not there")]
    [InlineData("## Explanation\n", "## Explanation\n\n[there](file:program.cs)\n", "file:program.cs is not there")]
    [InlineData("word1 word1 word1", "word1", "the short answer has 28 words")]
    [InlineData("lab: summing", "lab: nowhere", "there is no lab 'nowhere'")]
    public void A_fault_is_found(string sound, string broken, string fault)
    {
        _files.Add(1, TemporaryBank.Claim("four", "summing"), english: text => text.Replace(sound, broken, StringComparison.Ordinal));
        Assert.Contains(Faults(), line => line.Contains(fault, StringComparison.Ordinal));
    }

    [Fact]
    public void A_sentence_in_two_answers_and_a_name_given_twice_are_found()
    {
        const string Shared = "\n\nThis sentence stands in two answers of the bank.\n";
        string Share(string text) => text.Replace("## Explanation\n", $"## Explanation\n{Shared}", StringComparison.Ordinal);
        _files.Add(1, TemporaryBank.Claim("four", "summing"), english: Share);
        _files.Add(2, TemporaryBank.Claim("four", "summing"), english: text => Share(text).Replace("sum-2", "sum-1", StringComparison.Ordinal));
        var faults = Faults();
        Assert.Contains(faults, line => line.Contains("shares a sentence with question 1: This sentence stands", StringComparison.Ordinal));
        Assert.Contains(faults, line => line.Contains("the erratum 'sum-1' stands in", StringComparison.Ordinal));
        Assert.Contains(faults, line => line.Contains("the claim 'summing/four' stands in", StringComparison.Ordinal));
    }

    private IReadOnlyList<string> Faults() => BankCheck.Faults(QuestionBank.Load(_files.Folder), new LabCatalog(typeof(Summing).Assembly));
}
