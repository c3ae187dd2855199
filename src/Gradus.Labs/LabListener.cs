namespace Gradus.Labs;

/// <summary>Hears of a running lab: a terminal, a web page, a test. What it does not care for it leaves as it is.</summary>
/// <remarks>Called from the thread that runs the lab; two labs at a time have a listener each.</remarks>
public class LabListener
{
    /// <summary>Hears nothing.</summary>
    public static readonly LabListener None = new();

    /// <summary>What the lab does now: "training the LSTM, T = 100, seed 1".</summary>
    public virtual void OnStage(Bilingual stage) { }

    /// <summary>A new point of a line.</summary>
    /// <param name="chart">The chart's title.</param>
    /// <param name="line">The line's name.</param>
    /// <param name="x">Position.</param>
    /// <param name="y">Value; may be NaN.</param>
    public virtual void OnPoint(Bilingual chart, Bilingual line, double x, double y) { }

    /// <summary>A remark.</summary>
    public virtual void OnNote(Bilingual note) { }
}
