namespace Gradus;

/// <summary>A line search for a length a &gt; 0 with enough decrease, φ(a) ≤ φ(0) + c₁ a φ'(0), and a flat slope, |φ'(a)| ≤ c₂ |φ'(0)|.</summary>
/// <remarks>Nocedal and Wright 2006, "Numerical optimization", algorithms 3.5 and 3.6, with the constants that they recommend for quasi-Newton methods.</remarks>
internal static class StrongWolfe
{
    public const double Decrease = 1e-4, Flatness = 0.9;

    private const int MostTrials = 25;

    /// <summary>Searches along a line.</summary>
    /// <param name="at">φ and its slope at a length; a φ that is not finite counts as too high.</param>
    /// <param name="start">Length 0, where the slope is below 0.</param>
    /// <param name="first">The length to try first.</param>
    /// <returns>A trial with both properties; the lowest with enough decrease where trials ran out; the start where none has.</returns>
    public static Trial Search(Func<double, Trial> at, Trial start, double first)
    {
        var before = start;
        double length = first;
        for (int trials = 1; trials <= MostTrials; trials++, length *= 2)
        {
            var trial = at(length);
            if (!Decreases(trial, start) || (trials > 1 && trial.Value >= before.Value)) return Zoom(at, start, before, trial, MostTrials - trials);
            if (IsFlat(trial, start)) return trial;
            if (trial.Slope >= 0) return Zoom(at, start, trial, before, MostTrials - trials);
            before = trial;
        }

        return before;
    }

    // Between the two lies a length with both properties; low has the lowest value so far.
    private static Trial Zoom(Func<double, Trial> at, Trial start, Trial low, Trial high, int trials)
    {
        for (; trials > 0; trials--)
        {
            var trial = at(Between(low, high));
            if (!Decreases(trial, start) || trial.Value >= low.Value)
            {
                high = trial;
                continue;
            }

            if (IsFlat(trial, start)) return trial;
            if (trial.Slope * (high.Length - low.Length) >= 0) high = low;
            low = trial;
        }

        return low;
    }

    private static bool Decreases(Trial trial, Trial start) => trial.Value <= start.Value + Decrease * trial.Length * start.Slope; // NaN does not

    private static bool IsFlat(Trial trial, Trial start) => Math.Abs(trial.Slope) <= -Flatness * start.Slope;

    // The minimum of the cubic through both values and slopes (equation 3.59), kept off the ends so that the interval shrinks.
    private static double Between(Trial low, Trial high)
    {
        double width = high.Length - low.Length;
        double d1 = low.Slope + high.Slope - 3 * (high.Value - low.Value) / width;
        double d2 = Math.Sign(width) * Math.Sqrt(d1 * d1 - low.Slope * high.Slope);
        double share = 1 - (high.Slope + d2 - d1) / (high.Slope - low.Slope + 2 * d2);
        return low.Length + width * (double.IsFinite(share) ? Math.Clamp(share, 0.1, 0.9) : 0.5);
    }
}

/// <summary>One point of a line search.</summary>
/// <param name="Length">How far along the line.</param>
/// <param name="Value">φ there.</param>
/// <param name="Slope">φ' there.</param>
/// <param name="Place">What the searcher wants to keep of it.</param>
internal readonly record struct Trial(double Length, double Value, double Slope, object Place);
