namespace Gradus.Schedules;

/// <summary>A schedule that sets the learning rates of an optimizer's groups.</summary>
public sealed class AttachedSchedule
{
    private readonly Schedule _schedule;
    private readonly Optimizer _optimizer;
    private readonly float[] _rates;

    internal AttachedSchedule(Schedule schedule, Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        (_schedule, _optimizer) = (schedule, optimizer);
        _rates = [.. optimizer.Groups.Select(group => group.LearningRate)];
    }

    /// <summary>The learning rates that are multiplied, one for each group.</summary>
    public Span<float> InitialRates => _rates;

    /// <summary>The schedule.</summary>
    internal Schedule Schedule => _schedule;

    /// <summary>Sets the learning rates for the step after <see cref="Optimizer.Steps"/>; call it before every step.</summary>
    public void Apply()
    {
        double factor = _schedule.Factor(_optimizer.Steps);
        for (int i = 0; i < _rates.Length; i++) _optimizer.Groups[i].LearningRate = (float)(_rates[i] * factor);
    }
}
