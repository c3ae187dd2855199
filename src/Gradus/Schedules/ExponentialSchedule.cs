namespace Gradus.Schedules;

/// <summary>A steady fall: factor = decay^(t / every), so that every so many steps the rate has fallen by the same factor.</summary>
/// <param name="decay">What the rate has been multiplied by after <paramref name="every"/> steps, above 0.</param>
/// <param name="every">The steps in which it falls by <paramref name="decay"/>, at least 1.</param>
public sealed class ExponentialSchedule(double decay, long every = 1) : Schedule
{
    /// <inheritdoc/>
    public override double Factor(long step) => Math.Pow(decay, step / (double)every);
}
