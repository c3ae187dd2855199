namespace Gradus.Labs;

/// <summary>A figure against its threshold. What is not a number meets no condition.</summary>
/// <param name="What">The figure: "accuracy of the CNN".</param>
/// <param name="Measured">Its value, the median over the seeds.</param>
/// <param name="Comparison">How it is compared.</param>
/// <param name="Threshold">With what.</param>
/// <param name="Tolerance">For <see cref="Comparison.Within"/>: the distance allowed on either side.</param>
public sealed record Condition(Bilingual What, double Measured, Comparison Comparison, double Threshold, double Tolerance = 0)
{
    /// <summary>Whether it is met.</summary>
    public bool Met => Comparison switch
    {
        Comparison.AtLeast => Measured >= Threshold,
        Comparison.AtMost => Measured <= Threshold,
        _ => Math.Abs(Measured - Threshold) <= Tolerance,
    };

    /// <summary>The figure is at least the threshold.</summary>
    public static Condition AtLeast(Bilingual what, double measured, double threshold) => new(what, measured, Comparison.AtLeast, threshold);

    /// <summary>The figure is at most the threshold.</summary>
    public static Condition AtMost(Bilingual what, double measured, double threshold) => new(what, measured, Comparison.AtMost, threshold);

    /// <summary>The figure is the threshold, give or take the tolerance.</summary>
    public static Condition Within(Bilingual what, double measured, double threshold, double tolerance) => new(what, measured, Comparison.Within, threshold, tolerance);
}

/// <summary>How a figure is compared with its threshold.</summary>
public enum Comparison
{
    /// <summary>Greater or equal.</summary>
    AtLeast,

    /// <summary>Less or equal.</summary>
    AtMost,

    /// <summary>No farther away than the tolerance.</summary>
    Within,
}
