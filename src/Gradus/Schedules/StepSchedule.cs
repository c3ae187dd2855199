namespace Gradus.Schedules;

/// <summary>A fall by a constant factor at constant distances: factor = decay^⌊t / every⌋.</summary>
/// <remarks>As in He, Zhang, Ren and Sun 2016, https://arxiv.org/abs/1512.03385, section 4.1, where the decay is 0.1.</remarks>
/// <param name="every">The steps between two falls, at least 1.</param>
/// <param name="decay">What a fall multiplies by.</param>
public sealed class StepSchedule(long every, double decay = 0.1) : Schedule
{
    /// <inheritdoc/>
    public override double Factor(long step) => Math.Pow(decay, step / every);
}
