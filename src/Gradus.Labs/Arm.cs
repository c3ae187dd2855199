namespace Gradus.Labs;

/// <summary>One side of a comparison, measured once for each seed.</summary>
/// <param name="Name">What it is: "with pooling".</param>
/// <param name="Values">One value for each seed, in the order of the seeds.</param>
public sealed record Arm(Bilingual Name, IReadOnlyList<double> Values)
{
    /// <summary>The middle value, of an even number the mean of the two in the middle; NaN if one value is NaN, since it cannot be ordered.</summary>
    public double Median
    {
        get
        {
            double[] sorted = [.. Values.Order()];
            if (sorted.Length == 0 || double.IsNaN(sorted[0])) return double.NaN;
            return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        }
    }
}
