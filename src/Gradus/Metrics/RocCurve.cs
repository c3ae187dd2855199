namespace Gradus.Metrics;

/// <summary>
/// The receiver operating characteristic of scores for a yes-or-no question: for every threshold, which share of the false ones and which
/// of the true ones lies at or above it.
/// </summary>
/// <remarks>Fawcett 2006, "An introduction to ROC analysis", algorithms 1 and 2.</remarks>
public sealed class RocCurve
{
    private RocCurve(IReadOnlyList<(double FalsePositiveRate, double TruePositiveRate, float Threshold)> points) => Points = points;

    /// <summary>From (0, 0), above all scores, to (1, 1), one point for each distinct score.</summary>
    public IReadOnlyList<(double FalsePositiveRate, double TruePositiveRate, float Threshold)> Points { get; }

    /// <summary>
    /// The area under the curve, by trapezoids, from 0 to 1: the probability that a true one has a greater score than a false one, equal
    /// scores counted half.
    /// </summary>
    public double Area
    {
        get
        {
            double area = 0;
            for (int i = 1; i < Points.Count; i++)
                area += (Points[i].FalsePositiveRate - Points[i - 1].FalsePositiveRate) * (Points[i].TruePositiveRate + Points[i - 1].TruePositiveRate) / 2;
            return area;
        }
    }

    /// <summary>The curve of scores.</summary>
    /// <param name="scores">The greater, the more likely true.</param>
    /// <param name="positives">What is true, of the same length.</param>
    /// <exception cref="ArgumentException">The lengths differ, a score is NaN, or there is no true or no false one.</exception>
    public static RocCurve Of(ReadOnlySpan<float> scores, ReadOnlySpan<bool> positives)
    {
        var ranks = RankedScores.Of(scores, positives);
        if (ranks.Count == 0 || ranks[^1].TruePositives == 0 || ranks[^1].FalsePositives == 0)
            throw new ArgumentException($"a ROC curve needs true and false ones; all of these {scores.Length} are {(positives.Contains(true) ? "true" : "false")}");
        double positive = ranks[^1].TruePositives, negative = ranks[^1].FalsePositives;
        return new RocCurve([
            (0, 0, float.PositiveInfinity),
            .. ranks.Select(rank => (rank.FalsePositives / negative, rank.TruePositives / positive, rank.Threshold)),
        ]);
    }
}
