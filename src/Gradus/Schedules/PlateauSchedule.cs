namespace Gradus.Schedules;

/// <summary>A fall by a constant factor whenever the validation loss (the training loss where there is no validation) has stood still for some epochs.</summary>
/// <remarks>As PyTorch's ReduceLROnPlateau with an absolute threshold and a floor in the place of its smallest rate.</remarks>
public sealed class PlateauSchedule : Schedule
{
    private readonly int _patience;
    private readonly double _decay, _improvement, _floor;
    private double _best = double.PositiveInfinity, _factor = 1;
    private int _waited;

    /// <summary>A fall whenever nothing has improved for some time.</summary>
    /// <param name="patience">Epochs without improvement, one after the other, that are borne; the next one lowers the rate. At least 0.</param>
    /// <param name="decay">What a fall multiplies by, between 0 and 1.</param>
    /// <param name="improvement">By how much the loss must fall to count as improved.</param>
    /// <param name="floor">The smallest factor.</param>
    public PlateauSchedule(int patience = 10, double decay = 0.1, double improvement = 1e-4, double floor = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(patience);
        if (!(decay is > 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(decay), decay, "a fall multiplies by something between 0 and 1");
        (_patience, _decay, _improvement, _floor) = (patience, decay, improvement, floor);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<double> State => [_best, _waited, _factor];

    /// <inheritdoc/>
    public override void Restore(IReadOnlyList<double> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        (_best, _waited, _factor) = (state[0], (int)state[1], state[2]);
    }

    /// <inheritdoc/>
    public override void Observe(double loss)
    {
        if (loss < _best - _improvement) (_best, _waited) = (loss, 0); // NaN never is
        else if (++_waited > _patience) (_factor, _waited) = (Math.Max(_floor, _factor * _decay), 0);
    }

    /// <inheritdoc/>
    public override double Factor(long step) => _factor;
}
