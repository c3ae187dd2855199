using Gradus.Labs;

namespace Gradus.Bank;

/// <summary>How to verify.</summary>
/// <param name="Budget">How much each lab may take.</param>
/// <param name="Folder">Where results go; one that was stopped there, with the same program, budget and seed, is gone on with.</param>
public sealed record VerificationSettings(Budget Budget, string Folder)
{
    /// <summary>The first seed.</summary>
    public ulong Seed { get; init; }

    /// <summary>Trains every network anew.</summary>
    public bool Fresh { get; init; }

    /// <summary>Labs that run at the same time, a thread each.</summary>
    public int Parallel { get; init; } = Environment.ProcessorCount;

    /// <summary>The questions whose labs run; null for all.</summary>
    public IReadOnlySet<int>? Questions { get; init; }
}
