namespace Gradus.Metrics;

/// <summary>For every threshold on the scores of a yes-or-no question, precision and recall of what lies at or above it.</summary>
/// <remarks>Davis and Goadrich 2006, "The relationship between precision-recall and ROC curves".</remarks>
public sealed class PrecisionRecallCurve
{
    private PrecisionRecallCurve(IReadOnlyList<(double Recall, double Precision, float Threshold)> points) => Points = points;

    /// <summary>One point for each distinct score, from the greatest down: the recall grows.</summary>
    public IReadOnlyList<(double Recall, double Precision, float Threshold)> Points { get; }

    /// <summary>Σ (recall - recall before) · precision, from 0 to 1: the area under the curve as a staircase, which does not interpolate.</summary>
    public double AveragePrecision
    {
        get
        {
            double area = 0, before = 0;
            foreach (var (recall, precision, _) in Points)
            {
                area += (recall - before) * precision;
                before = recall;
            }

            return area;
        }
    }

    /// <summary>The curve of scores.</summary>
    /// <param name="scores">The greater, the more likely true.</param>
    /// <param name="positives">What is true, of the same length.</param>
    /// <exception cref="ArgumentException">The lengths differ, a score is NaN, or none is true.</exception>
    public static PrecisionRecallCurve Of(ReadOnlySpan<float> scores, ReadOnlySpan<bool> positives)
    {
        var ranks = RankedScores.Of(scores, positives);
        if (!positives.Contains(true)) throw new ArgumentException($"recall is a share of the true ones, and none of these {scores.Length} is true");
        double positive = ranks[^1].TruePositives;
        return new PrecisionRecallCurve([.. ranks.Select(rank =>
            (rank.TruePositives / positive, (double)rank.TruePositives / (rank.TruePositives + rank.FalsePositives), rank.Threshold))]);
    }
}
