namespace Gradus.Labs;

/// <summary>What a lab found about one claim.</summary>
/// <param name="Claim">The claim's name in the bank: <c>cnn-beats-shallow</c>.</param>
/// <param name="Outcome">Holds, refuted, or neither shown.</param>
/// <param name="Conditions">Every figure with its threshold.</param>
/// <param name="Arms">What was compared, two at least.</param>
public sealed record Verdict(string Claim, Outcome Outcome, IReadOnlyList<Condition> Conditions, IReadOnlyList<Arm> Arms)
{
    /// <summary>The claim holds if every condition is met.</summary>
    /// <exception cref="ArgumentException">There is nothing to compare, or no condition.</exception>
    public static Verdict Holds(string claim, IReadOnlyList<Arm> arms, params IReadOnlyList<Condition> conditions) => Of(claim, Outcome.Holds, arms, conditions);

    /// <summary>The claim, which common answers make, is refuted if every condition is met: they state what is true instead of it.</summary>
    /// <inheritdoc cref="Holds"/>
    public static Verdict Refutes(string claim, IReadOnlyList<Arm> arms, params IReadOnlyList<Condition> conditions) => Of(claim, Outcome.Refuted, arms, conditions);

    /// <summary>The figure that decides: the first that misses its threshold, else the first.</summary>
    public Condition Decisive => Conditions.FirstOrDefault(condition => !condition.Met) ?? Conditions[0];

    private static Verdict Of(string claim, Outcome shown, IReadOnlyList<Arm> arms, IReadOnlyList<Condition> conditions)
    {
        ArgumentNullException.ThrowIfNull(arms);
        ArgumentNullException.ThrowIfNull(conditions);
        if (arms.Count < 2) throw new ArgumentException($"the verdict on '{claim}' compares {arms.Count} arms; it needs at least 2", nameof(arms));
        if (conditions.Count == 0) throw new ArgumentException($"the verdict on '{claim}' has no condition: it could not fail", nameof(conditions));
        return new Verdict(claim, conditions.All(condition => condition.Met) ? shown : Outcome.Fails, conditions, arms);
    }
}

/// <summary>What became of a claim.</summary>
public enum Outcome
{
    /// <summary>It was shown to hold.</summary>
    Holds,

    /// <summary>It was shown to be wrong.</summary>
    Refuted,

    /// <summary>The run shows neither.</summary>
    Fails,
}
