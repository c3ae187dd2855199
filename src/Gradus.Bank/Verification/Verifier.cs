using System.Collections.Concurrent;
using Gradus.Kernels;
using Gradus.Labs;

namespace Gradus.Bank;

/// <summary>Runs labs, several at a time with a thread each, and holds what they find against what the bank expects.</summary>
/// <param name="bank">The claims.</param>
/// <param name="labs">The labs.</param>
public sealed class Verifier(QuestionBank bank, LabCatalog labs)
{
    /// <summary>Runs all labs, or those of some questions; results of a stopped verification in the same folder are taken over.</summary>
    /// <exception cref="OperationCanceledException">It was stopped; what was done is kept.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public VerificationReport Run(VerificationSettings settings, VerificationListener? listener = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var chosen = labs.All.Where(lab => settings.Questions is null || bank.QuestionsOf(lab).Any(settings.Questions.Contains)).ToArray();
        var state = VerificationState.Begin(settings);
        var cache = NetworkCache.Default(settings.Fresh && !state.Resumed);
        var results = new ConcurrentDictionary<string, LabResult>();
        int threads = Workers.Threads;
        Workers.Threads = 1; // the labs share the cores, and a lab's figures do not depend on its threads
        try
        {
            var work = new Work(this, settings, listener ?? new VerificationListener(), new LabRunner(cache), state, results, chosen.Length, cancellation);
            RunAll([.. chosen.OrderByDescending(lab => state.SecondsOf(lab.Slug)).ThenBy(lab => lab.Slug, StringComparer.Ordinal)], settings.Parallel, work);
        }
        finally
        {
            Workers.Threads = threads;
        }

        cancellation.ThrowIfCancellationRequested();
        state.Finish();
        return Report(settings.Budget, results, settings.Questions);
    }

    // The longest labs first: the last ones to end are then short, and no core waits long.
    private static void RunAll(Lab[] ordered, int parallel, Work work)
    {
        var failures = new ConcurrentQueue<Exception>();
        int next = -1;
        var threads = Enumerable.Range(0, Math.Max(1, Math.Min(parallel, ordered.Length))).Select(_ => new Thread(Loop, maxStackSize: 16 << 20) { IsBackground = true }).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        if (failures.FirstOrDefault(failure => failure is not OperationCanceledException) is { } first) throw first;

        void Loop()
        {
            try
            {
                for (int i = Interlocked.Increment(ref next); i < ordered.Length && failures.IsEmpty; i = Interlocked.Increment(ref next)) work.Run(ordered[i]);
            }
#pragma warning disable CA1031 // thrown again by the thread that waits
            catch (Exception failure)
#pragma warning restore CA1031
            {
                failures.Enqueue(failure);
            }
        }
    }

    private sealed class Work(
        Verifier verifier, VerificationSettings settings, VerificationListener listener, LabRunner runner, VerificationState state,
        ConcurrentDictionary<string, LabResult> results, int all, CancellationToken cancellation)
    {
        private readonly Lock _gate = new();

        public void Run(Lab lab)
        {
            cancellation.ThrowIfCancellationRequested();
            var budget = settings.Budget == Budget.Long && !lab.HasLong ? Budget.Full : settings.Budget;
            var result = state.Before(lab.Slug) ?? runner.Run(lab, new LabSettings(budget, state.FolderOf(lab.Slug), settings.Seed), listener.OnLabBegin(lab), cancellation);
            lock (_gate)
            {
                results[lab.Slug] = result;
                listener.OnLabEnd(result, verifier.Entries(lab, result), results.Count, all);
            }
        }
    }

    /// <summary>What the results of some labs say together; a lab of the catalogue that has no result counts as one that did not run.</summary>
    /// <param name="budget">The budget of the verification.</param>
    /// <param name="results">By the labs' names.</param>
    /// <param name="questions">The questions that count; null for all.</param>
    public VerificationReport Report(Budget budget, IReadOnlyDictionary<string, LabResult> results, IReadOnlySet<int>? questions = null)
    {
        ArgumentNullException.ThrowIfNull(results);
        var ran = labs.All.Where(lab => results.ContainsKey(lab.Slug)).ToArray();
        var entries = ran.SelectMany(lab => Entries(lab, results[lab.Slug])).ToArray();
        var missing = ran.Where(lab => results[lab.Slug].Missing is not null).Select(lab => (lab.Slug, results[lab.Slug].Missing!)).ToArray();
        return new VerificationReport(budget, entries, missing, [.. bank.Questions.Where(question => questions?.Contains(question.Number) ?? true).Select(question => (question, StateOf(question, entries)))]);
    }

    /// <summary>The results that a verification left in a folder, by the labs' names.</summary>
    /// <exception cref="InvalidDataException">A result is damaged.</exception>
    public static IReadOnlyDictionary<string, LabResult> ReadResults(string folder) => Directory.GetDirectories(folder)
        .Where(lab => File.Exists(Path.Combine(lab, LabResult.FileName))).Select(LabResult.Read).ToDictionary(result => result.Lab);

    /// <summary>What a result says of the claims that its lab should decide.</summary>
    public IReadOnlyList<VerificationEntry> Entries(Lab lab, LabResult result)
    {
        ArgumentNullException.ThrowIfNull(lab);
        ArgumentNullException.ThrowIfNull(result);
        if (result.Missing is not null) return [];
        var claims = bank.Questions.SelectMany(question => question.Claims).Where(claim => claim.Lab == lab.Slug).Distinct().ToArray();
        var decided = result.Verdicts.Select(verdict => Entry(lab, result, verdict, claims.FirstOrDefault(claim => claim.Id == verdict.Claim)));
        var undecided = claims.Where(claim => result.Verdicts.All(verdict => verdict.Claim != claim.Id)).Select(claim => Undecided(lab, result, claim));
        var whole = result.Failure is not null && claims.Length == 0 ? [Broken(lab, result)] : Array.Empty<VerificationEntry>();
        return [.. decided, .. undecided, .. whole];
    }

    private VerificationEntry Entry(Lab lab, LabResult result, Verdict verdict, Claim? claim) => new()
    {
        Lab = lab.Slug,
        Questions = claim is null ? lab.Questions : [.. bank.QuestionsOf(claim)],
        ClaimEn = (claim?.Text ?? lab.Title).En,
        ClaimZh = (claim?.Text ?? lab.Title).Zh,
        ClaimId = verdict.Claim,
        Expected = claim?.Expected ?? (verdict.Outcome == Outcome.Refuted ? Outcome.Refuted : Outcome.Holds),
        Verdict = verdict.Outcome,
        Measured = verdict.Decisive.Measured,
        Threshold = verdict.Decisive.Threshold,
        Conditions = verdict.Conditions,
        Arms = [.. verdict.Arms.Select(arm => new VerificationArm(arm.Name.En, arm.Values))],
        Budget = result.Budget,
        Seeds = result.Seeds,
        Seconds = result.Seconds,
    };

    private VerificationEntry Undecided(Lab lab, LabResult result, Claim claim) => Broken(lab, result) with
    {
        Questions = [.. bank.QuestionsOf(claim)],
        ClaimEn = claim.Text.En,
        ClaimZh = claim.Text.Zh,
        ClaimId = claim.Id,
        Expected = claim.Expected,
        Failure = result.Failure ?? $"the lab gives no verdict on '{claim.Id}'",
    };

    private VerificationEntry Broken(Lab lab, LabResult result) => new()
    {
        Lab = lab.Slug,
        Questions = bank.QuestionsOf(lab),
        ClaimEn = lab.Title.En,
        ClaimZh = lab.Title.Zh,
        ClaimId = lab.Slug,
        Expected = Outcome.Holds,
        Verdict = Outcome.Fails,
        Measured = null,
        Threshold = null,
        Arms = [],
        Budget = result.Budget,
        Seeds = result.Seeds,
        Seconds = result.Seconds,
        Failure = result.Failure,
    };

    private static QuestionState StateOf(Question question, VerificationEntry[] entries)
    {
        var found = question.Claims.Select(claim => entries.FirstOrDefault(entry => entry.Lab == claim.Lab && entry.ClaimId == claim.Id)).ToArray();
        if (found.Any(entry => entry is { AsExpected: false })) return QuestionState.Fails;
        if (found.Length == 0 || found.Any(entry => entry is null)) return QuestionState.NotYetProven;
        return found.All(entry => IsProof(entry!)) ? QuestionState.Proven : QuestionState.Holds;
    }

    private static bool IsProof(VerificationEntry entry)
    {
        const int LeastSeeds = 3;
        const double FullSeconds = 3 * 60, LongSeconds = 25 * 60;
        return entry.Budget >= Budget.Full && entry.Arms.All(arm => arm.ValuesPerSeed.Count >= LeastSeeds) && entry.Seconds <= (entry.Budget == Budget.Long ? LongSeconds : FullSeconds);
    }
}
