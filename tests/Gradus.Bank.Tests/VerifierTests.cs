using System.Text.Json;
using Gradus.Labs;

namespace Gradus.Bank.Tests;

public sealed class VerifierTests : IDisposable
{
    private readonly TemporaryBank _files = new();

    public VerifierTests() => (Summing.Runs, Summing.Instead) = (0, null);

    private string Out => Path.Combine(_files.Folder, "..", $"out-{Path.GetFileName(_files.Folder)}");

    public void Dispose()
    {
        _files.Dispose();
        if (Directory.Exists(Out)) Directory.Delete(Out, recursive: true);
    }

    [Fact]
    public void A_question_and_a_lab_that_were_added_are_verified_and_a_proof_takes_three_seeds()
    {
        _files.Add(1, $"{TemporaryBank.Claim("four", "summing")}\n{TemporaryBank.Claim("five", "summing", "refuted")}");
        _files.Add(2, TemporaryBank.Claim("six", "not-written-yet"));
        var quick = Verify(Budget.Quick);
        Assert.True(quick.AsExpected);
        Assert.Equal([QuestionState.Holds, QuestionState.NotYetProven], quick.Questions.Select(question => question.State));
        var full = Verify(Budget.Full);
        Assert.Equal(QuestionState.Proven, full.Questions[0].State);
        Assert.Equal([0ul, 1ul, 2ul], full.Entries[0].Seeds);
        Assert.Equal((Outcome.Holds, Outcome.Refuted), (full.Entries[0].Verdict, full.Entries[1].Verdict));
    }

    [Fact]
    public void The_json_has_the_fields_that_others_read()
    {
        _files.Add(1, TemporaryBank.Claim("four", "summing"));
        string file = Path.Combine(_files.Folder, "verified.json");
        VerificationReport.WriteJson(file, Verify(Budget.Tiny).Entries);
        var first = JsonDocument.Parse(File.ReadAllText(file)).RootElement[0];
        foreach (string name in new[] { "lab", "questions", "claim_en", "claim_zh", "claim_id", "expected", "verdict", "measured", "threshold", "arms", "budget", "seeds", "seconds" })
            Assert.True(first.TryGetProperty(name, out _), name);
        Assert.Equal(("holds", "tiny", 4.0), (first.GetProperty("verdict").GetString(), first.GetProperty("budget").GetString(), first.GetProperty("measured").GetDouble()));
        Assert.Equal(4, first.GetProperty("arms")[0].GetProperty("values_per_seed")[0].GetDouble());
    }

    [Fact]
    public void The_evidence_has_a_row_for_every_claim_with_its_arms_and_thresholds()
    {
        _files.Add(1, $"{TemporaryBank.Claim("four", "summing")}\n{TemporaryBank.Claim("five", "summing", "holds")}");
        _files.Add(2, TemporaryBank.Claim("six", "not-written-yet"));
        string file = Path.Combine(_files.Folder, "evidence.md");
        EvidenceTable.Write(file, Verify(Budget.Full), "gradus verify --full");
        string text = File.ReadAllText(file);
        Assert.Contains("| 1 | Two and two are four, as four says. | holds | the sum: 4 | 4 ± 0.5 | 2 + 2: 4 (4, 4, 4)<br>2 + 3: 5 (5, 5, 5) | summing |", text, StringComparison.Ordinal);
        Assert.Contains("**refuted** (expected: holds)", text, StringComparison.Ordinal);
        Assert.Contains("1 of 2 claims as expected; 0 of 2 questions proven", text, StringComparison.Ordinal);
        Assert.Contains("Not yet proven, because a lab of theirs is not written or did not run: questions 2.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lab_that_throws_is_reported_as_failed()
    {
        _files.Add(1, TemporaryBank.Claim("four", "summing"));
        Summing.Instead = () => throw new InvalidOperationException("no numbers today\nsecond line");
        var report = Verify(Budget.Tiny);
        var entry = Assert.Single(report.Entries);
        Assert.False(report.AsExpected);
        Assert.Equal("InvalidOperationException: no numbers today", entry.Failure);
        Assert.Equal(QuestionState.Fails, report.Questions[0].State);
    }

    [Fact]
    public void A_claim_that_its_lab_passes_over_fails()
    {
        _files.Add(1, TemporaryBank.Claim("seven", "summing"));
        var report = Verify(Budget.Tiny);
        Assert.Contains("gives no verdict on 'seven'", report.Entries.Single(entry => entry.ClaimId == "seven").Failure, StringComparison.Ordinal);
        Assert.False(report.AsExpected);
    }

    [Fact]
    public void What_was_done_before_a_stop_is_not_done_again_and_a_finished_run_begins_anew()
    {
        _files.Add(1, TemporaryBank.Claim("four", "summing"));
        using var stop = new CancellationTokenSource();
        var listener = new StopAfterFirst(stop);
        Assert.Throws<OperationCanceledException>(() => Verify(Budget.Tiny, listener, stop));
        Assert.Equal(1, Summing.Runs);
        Assert.True(Verify(Budget.Tiny).AsExpected);
        Assert.Equal(1, Summing.Runs);
        Verify(Budget.Tiny);
        Assert.Equal(2, Summing.Runs);
        Verify(Budget.Quick);
        Assert.Equal(3, Summing.Runs);
    }

    [Fact]
    public void Only_the_labs_of_the_questions_asked_for_run()
    {
        _files.Add(1, TemporaryBank.Claim("four", "summing"));
        _files.Add(2, TemporaryBank.Claim("six", "not-written-yet"));
        Assert.Empty(new Verifier(QuestionBank.Load(_files.Folder), new LabCatalog(typeof(Summing).Assembly)).Run(new VerificationSettings(Budget.Tiny, Out) { Questions = new HashSet<int> { 2 } }, cancellation: TestContext.Current.CancellationToken).Entries);
        Assert.Equal(0, Summing.Runs);
    }

    private VerificationReport Verify(Budget budget, VerificationListener? listener = null, CancellationTokenSource? stop = null) =>
        new Verifier(QuestionBank.Load(_files.Folder), new LabCatalog(typeof(Summing).Assembly)).Run(new VerificationSettings(budget, Out), listener, stop?.Token ?? TestContext.Current.CancellationToken);

    private sealed class StopAfterFirst(CancellationTokenSource stop) : VerificationListener
    {
        public override void OnLabEnd(LabResult result, IReadOnlyList<VerificationEntry> entries, int done, int all) => stop.Cancel();
    }
}
