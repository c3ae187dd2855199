namespace Gradus.Metrics;

/// <summary>What was found rightly, found wrongly and missed, and the shares that follow from it.</summary>
/// <remarks>Van Rijsbergen 1979, "Information Retrieval", chapter 7.</remarks>
/// <param name="TruePositives">Found, and there.</param>
/// <param name="FalsePositives">Found, and not there.</param>
/// <param name="FalseNegatives">There, and not found.</param>
public readonly record struct ClassScore(long TruePositives, long FalsePositives, long FalseNegatives)
{
    /// <summary>Of what was found, the share that is there, from 0 to 1; 0 if nothing was found.</summary>
    public double Precision => Share(TruePositives, TruePositives + FalsePositives);

    /// <summary>Of what is there, the share that was found, from 0 to 1; 0 if nothing is there.</summary>
    public double Recall => Share(TruePositives, TruePositives + FalseNegatives);

    /// <summary>The harmonic mean of precision and recall, 2 tp / (2 tp + fp + fn), from 0 to 1.</summary>
    public double F1 => Share(2 * TruePositives, 2 * TruePositives + FalsePositives + FalseNegatives);

    /// <summary>How many are there.</summary>
    public long Support => TruePositives + FalseNegatives;

    /// <summary>Both counts together.</summary>
    public static ClassScore operator +(ClassScore a, ClassScore b) =>
        new(a.TruePositives + b.TruePositives, a.FalsePositives + b.FalsePositives, a.FalseNegatives + b.FalseNegatives);

    /// <summary>Both counts together.</summary>
    public static ClassScore Add(ClassScore left, ClassScore right) => left + right;

    private static double Share(long part, long all) => all == 0 ? 0 : (double)part / all;
}
