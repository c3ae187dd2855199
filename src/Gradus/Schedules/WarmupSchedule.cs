namespace Gradus.Schedules;

/// <summary>
/// A linear rise before another schedule: factor = (t + 1) / (steps + 1) of where the other begins, then the other from its beginning.
/// </summary>
/// <remarks>Goyal et al. 2017, https://arxiv.org/abs/1706.02677, section 2.2.</remarks>
/// <param name="steps">The steps of the rise; 0 for none.</param>
/// <param name="then">What follows; its first step comes after the rise.</param>
public sealed class WarmupSchedule(long steps, Schedule then) : Schedule
{
    /// <inheritdoc/>
    public override IReadOnlyList<double> State => then.State;

    /// <inheritdoc/>
    public override void Restore(IReadOnlyList<double> state) => then.Restore(state);

    /// <inheritdoc/>
    public override void Observe(double loss) => then.Observe(loss);

    /// <inheritdoc/>
    public override double Factor(long step) => step < steps ? then.Factor(0) * (step + 1) / (steps + 1) : then.Factor(step - steps);
}
