namespace Gradus.Schedules;

/// <summary>A learning rate over the course of a training, as a factor of the rate that each group of parameters began with.</summary>
/// <remarks>A pure function of the step: there is no state to save, and a resumed training goes on as if never stopped.</remarks>
public abstract class Schedule
{
    /// <summary>The factor at a step.</summary>
    /// <param name="step">How many steps were taken before; from 0.</param>
    public abstract double Factor(long step);

    /// <summary>Ties the schedule to an optimizer, whose present learning rates become the ones that are multiplied.</summary>
    public AttachedSchedule Attach(Optimizer optimizer) => new(this, optimizer);

    /// <summary>Half a cosine wave from <paramref name="from"/> at progress 0 to <paramref name="to"/> at progress 1.</summary>
    protected static double Anneal(double from, double to, double progress) => to + (from - to) * (1 + Math.Cos(Math.PI * progress)) / 2;
}
