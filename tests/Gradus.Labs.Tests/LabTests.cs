namespace Gradus.Labs.Tests;

/// <summary>What the tests of labs share: running one in the smallest budget, and asking for its verdicts.</summary>
public abstract class LabTests
{
    private static readonly LabRunner Runner = new(new NetworkCache(Path.Combine(AppContext.BaseDirectory, "networks")));

    /// <summary>Runs a lab; skips the test where a data set is not here.</summary>
    internal static LabResult Run(Lab lab, Budget budget = Budget.Tiny, ulong seed = 0)
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "runs", $"{lab.Slug}-{Guid.NewGuid():N}");
        try
        {
            var result = Runner.Run(lab, new LabSettings(budget, folder, seed), cancellation: TestContext.Current.CancellationToken);
            if (result.Missing is { } missing && !lab.Data.Contains("fashion-mnist")) Assert.Skip(missing);
            Assert.Null(result.Missing);
            Assert.Null(result.Failure);
            return result;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>What a lab finds about a claim.</summary>
    internal static Outcome Outcome(Lab lab, string claim, ulong seed = 0, Budget budget = Budget.Tiny) => Run(lab, budget, seed).Verdicts.Single(verdict => verdict.Claim == claim).Outcome;
}
