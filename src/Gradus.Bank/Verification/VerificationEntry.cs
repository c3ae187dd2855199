using System.Text.Json.Serialization;
using Gradus.Labs;

namespace Gradus.Bank;

/// <summary>What a verification found about one claim: an element of its JSON.</summary>
public sealed record VerificationEntry
{
    /// <summary>The lab.</summary>
    public required string Lab { get; init; }

    /// <summary>The questions that the claim belongs to.</summary>
    public required IReadOnlyList<int> Questions { get; init; }

    /// <summary>The claim in English.</summary>
    public required string ClaimEn { get; init; }

    /// <summary>The claim in Chinese.</summary>
    public required string ClaimZh { get; init; }

    /// <summary>The claim's name.</summary>
    public required string ClaimId { get; init; }

    /// <summary>Whether it should hold or be refuted.</summary>
    public required Outcome Expected { get; init; }

    /// <summary>What was found.</summary>
    public required Outcome Verdict { get; init; }

    /// <summary>The figure that decided: the median over the seeds; null if the lab gave none.</summary>
    public required double? Measured { get; init; }

    /// <summary>With what it was compared.</summary>
    public required double? Threshold { get; init; }

    /// <summary>Every figure with its threshold.</summary>
    public IReadOnlyList<Condition> Conditions { get; init; } = [];

    /// <summary>What was compared, seed by seed.</summary>
    public required IReadOnlyList<VerificationArm> Arms { get; init; }

    /// <summary>The budget of the run.</summary>
    public required Budget Budget { get; init; }

    /// <summary>The seeds of the arms.</summary>
    public required IReadOnlyList<ulong> Seeds { get; init; }

    /// <summary>How long the lab took, with all its claims.</summary>
    public required double Seconds { get; init; }

    /// <summary>Why there is no figure; null if there is one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Failure { get; init; }

    /// <summary>Whether the verdict is the one expected.</summary>
    [JsonIgnore]
    public bool AsExpected => Verdict == Expected;
}

/// <summary>An arm in the JSON of a verification.</summary>
/// <param name="Name">What it is.</param>
/// <param name="ValuesPerSeed">One value for each seed.</param>
public sealed record VerificationArm(string Name, IReadOnlyList<double> ValuesPerSeed);
