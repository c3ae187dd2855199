using Gradus.Labs;

namespace Gradus.Bank.Tests;

/// <summary>The bank itself.</summary>
public class BankTests
{
    // Their labs come with the generative, reinforcement, transfer, compression and systems parts.
    private static readonly HashSet<int> WithoutLabsYet = [6, 14, 19, 23, 28, 29, 34, 35, 36, 42, 43, 45];

    private static readonly QuestionBank Bank = QuestionBank.Load();

    [Fact]
    public void There_are_46_questions_in_ten_sections()
    {
        Assert.Equal(Enumerable.Range(1, 46), Bank.Questions.Select(question => question.Number));
        int[] last = [3, 6, 8, 10, 14, 17, 30, 33, 36, 46];
        Assert.All(Bank.Questions, question => Assert.Equal(1 + last.Count(end => question.Number > end), question.Section));
        Assert.Equal(["mlp-3-4-2", "cnn-32x32x3", "sequence-10x3"], Bank.Questions.Where(question => question.Problem is not null).Select(question => question.Problem!));
    }

    [Fact]
    public void The_bank_is_sound()
    {
        var toCome = Bank.Questions.Where(question => WithoutLabsYet.Contains(question.Number)).SelectMany(question => question.Claims).Where(claim => WithoutLabsYet.Contains(claim.Home)).Select(claim => claim.Lab).ToHashSet();
        var faults = BankCheck.Faults(Bank, new LabCatalog(), toCome);
        if (faults.Count > 0) Assert.Fail(string.Join('\n', faults));
    }

    [Fact]
    public void Every_lab_decides_a_claim_of_the_bank() =>
        Assert.All(new LabCatalog().All, lab => Assert.NotEmpty(Bank.QuestionsOf(lab)));

    [Fact]
    public void Errata_are_many_and_many_are_shown_by_a_run()
    {
        var labs = new LabCatalog();
        var errata = Bank.Questions.SelectMany(question => question.Errata).ToArray();
        Assert.True(errata.Length >= 60, $"{errata.Length} errata");
        int run = errata.Count(erratum => erratum.Shown.By == EvidenceKind.Run || (erratum.Shown.Lab is { } lab && labs.Contains(lab)));
        Assert.True(run >= 25, $"{run} of them shown by labs or runs");
    }
}
