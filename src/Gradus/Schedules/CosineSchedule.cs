namespace Gradus.Schedules;

/// <summary>
/// Half a cosine wave from 1 down to a floor: factor = floor + (1 - floor) (1 + cos(π t / T)) / 2, after a linear warm-up.
/// </summary>
/// <remarks>Loshchilov and Hutter 2017, https://arxiv.org/abs/1608.03983, equation 5, without restarts.</remarks>
/// <param name="steps">The steps of the whole training, at least 1; later ones stay at the floor.</param>
/// <param name="warmup">The steps in which the factor rises from 1 / (warmup + 1) to 1.</param>
/// <param name="floor">The last factor.</param>
public sealed class CosineSchedule(long steps, long warmup = 0, double floor = 0) : Schedule
{
    /// <inheritdoc/>
    public override double Factor(long step)
    {
        if (step < warmup) return (step + 1.0) / (warmup + 1);
        return Anneal(1, floor, Math.Min(1, (step - warmup) / (double)Math.Max(1, steps - warmup)));
    }
}
