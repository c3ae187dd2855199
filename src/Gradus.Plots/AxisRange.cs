using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace Gradus.Plots;

/// <summary>The stretch of one axis that holds all finite values, with a margin; on a log axis values, limits and ticks are powers of ten.</summary>
internal readonly record struct AxisRange(double Low, double High, bool Logarithmic)
{
    private const double Margin = 0.05; // of the stretch, so that no line runs on the frame
    private const double Largest = 1e300; // beyond it the stretch of the axis itself overflows
    private const double LeastStretch = 1e-30; // below it the axes' arithmetic no longer tells pixels apart
    private const double MostDecadeTicks = 8;

    /// <summary>The range of <paramref name="values"/>, as drawn (see <see cref="Drawn"/>); [0, 1] without any finite value.</summary>
    public static AxisRange Of(IEnumerable<double> values, bool logarithmic)
    {
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var value in values)
        {
            var drawn = Drawn(value, logarithmic);
            if (!double.IsFinite(drawn)) continue;
            (low, high) = (Math.Min(low, drawn), Math.Max(high, drawn));
        }

        if (low > high) return new AxisRange(0, 1, logarithmic);
        // A single or constant value still needs a stretch to be drawn in, and one that its own precision resolves.
        var margin = Margin * (high - low);
        if (margin <= 1e-9 * Math.Max(Math.Abs(low), Math.Abs(high)) || margin < LeastStretch) margin = Math.Max(0.5, 0.1 * Math.Abs(high));
        return new AxisRange(low - margin, high + margin, logarithmic);
    }

    /// <summary>Where a value is drawn: itself, or its power of ten on a log axis (NaN, a gap, for values that have none or that no axis holds).</summary>
    public static double Drawn(double value, bool logarithmic) =>
        Math.Abs(value) > Largest ? double.NaN : !logarithmic ? value : value > 0 ? Math.Log10(value) : double.NaN;

    /// <summary>How far along the range a drawn value lies: 0 at its low end, 1 at its high one.</summary>
    public double Part(double drawn) => (drawn - Low) / (High - Low);

    /// <summary>The ticks of the range; <paramref name="whole"/> allows whole numbers only, as for epochs.</summary>
    public ITickGenerator Ticks(bool whole) => Logarithmic
        ? LogTicks()
        : new NumericAutomatic { IntegerTicksOnly = whole, LabelFormatter = Label };

    // Decades alone when there are at least two, else 1-2-5 steps inside them, so that a narrow range is never bare.
    private NumericManual LogTicks()
    {
        var ticks = new NumericManual();
        var (first, last) = ((int)Math.Floor(Low), (int)Math.Ceiling(High));
        var decades = High - Low;
        var step = Math.Max(1, (int)Math.Ceiling(decades / MostDecadeTicks));
        for (var decade = first; decade <= last; decade++)
            for (var digit = 1; digit <= 9; digit++)
            {
                var at = decade + Math.Log10(digit);
                if (at < Low || at > High) continue;
                var labelled = digit == 1 ? decade % step == 0 : decades < 2 && (digit is 2 or 5 || decades < 0.5);
                if (labelled) ticks.AddMajor(at, Label(Math.Pow(10, decade) * digit));
                else if (step == 1) ticks.AddMinor(at);
            }

        return ticks;
    }

    private static string Label(double value)
    {
        if (Math.Abs(value) < 1e-12) return "0"; // ticks are sums of steps: zero comes out as 1e-17
        var size = Math.Abs(value);
        return value.ToString(size is >= 1e5 or < 1e-3 ? "0.###e0" : "0.#####", CultureInfo.InvariantCulture);
    }
}
