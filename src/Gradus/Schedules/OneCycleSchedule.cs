namespace Gradus.Schedules;

/// <summary>
/// One cycle: half a cosine wave up from 1 / start to 1 in the first part of the training, then half a cosine wave down to
/// 1 / (start · end). The group's learning rate is the peak.
/// </summary>
/// <remarks>Smith and Topin 2018, https://arxiv.org/abs/1708.07120; the two phases and their defaults as in PyTorch's OneCycleLR.</remarks>
/// <param name="steps">The steps of the whole training, at least 1; later ones stay at the end.</param>
/// <param name="rising">The share of the steps before the peak, between 0 and 1.</param>
/// <param name="start">The peak over the first learning rate.</param>
/// <param name="end">The first learning rate over the last.</param>
public sealed class OneCycleSchedule(long steps, double rising = 0.3, double start = 25, double end = 1e4) : Schedule
{
    /// <inheritdoc/>
    public override double Factor(long step)
    {
        double peak = Math.Max(0, rising * steps - 1), last = Math.Max(1, steps - 1);
        if (step < peak) return Anneal(1 / start, 1, step / peak);
        return Anneal(1, 1 / (start * end), Math.Min(1, (step - peak) / Math.Max(1, last - peak)));
    }
}
