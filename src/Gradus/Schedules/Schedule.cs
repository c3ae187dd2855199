namespace Gradus.Schedules;

/// <summary>A learning rate over the course of a training, as a factor of the rate that each group of parameters began with.</summary>
/// <remarks>
/// A pure function of the step and, for a schedule that listens to the training, of <see cref="State"/>, which checkpoints keep: a resumed
/// training goes on as if never stopped.
/// </remarks>
public abstract class Schedule
{
    /// <summary>The factor at a step.</summary>
    /// <param name="step">How many steps were taken before; from 0.</param>
    public abstract double Factor(long step);

    /// <summary>The numbers, always as many, that decide together with the step; none for most schedules.</summary>
    public virtual IReadOnlyList<double> State => [];

    /// <summary>Takes back the numbers that <see cref="State"/> gave.</summary>
    public virtual void Restore(IReadOnlyList<double> state) { }

    /// <summary>Hears how an epoch went.</summary>
    /// <param name="loss">The validation loss, or the training loss where there is no validation.</param>
    public virtual void Observe(double loss) { }

    /// <summary>Ties the schedule to an optimizer, whose present learning rates become the ones that are multiplied.</summary>
    public AttachedSchedule Attach(Optimizer optimizer) => new(this, optimizer);

    /// <summary>Half a cosine wave from <paramref name="from"/> at progress 0 to <paramref name="to"/> at progress 1.</summary>
    protected static double Anneal(double from, double to, double progress) => to + (from - to) * (1 + Math.Cos(Math.PI * progress)) / 2;
}
