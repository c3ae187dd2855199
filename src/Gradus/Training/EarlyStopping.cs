namespace Gradus.Training;

/// <summary>Ends a training when the validation loss (the training loss where there is no validation) has not improved for some epochs.</summary>
/// <remarks>Prechelt 1998, "Early stopping, but when?", criterion UP.</remarks>
/// <param name="patience">Epochs without improvement, one after the other, that end the training; at least 1.</param>
/// <param name="improvement">By how much the loss must fall to count as improved.</param>
public sealed class EarlyStopping(int patience, double improvement = 0) : Callback
{
    private double _best = double.PositiveInfinity;
    private int _waited;

    /// <summary>The lowest loss so far.</summary>
    public double Best => _best;

    /// <inheritdoc/>
    public override IReadOnlyList<double> State => [_best, _waited];

    /// <inheritdoc/>
    public override void Restore(IReadOnlyList<double> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        (_best, _waited) = (state[0], (int)state[1]);
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingState state, EpochRecord record)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(record);
        bool improved = record.DecisiveLoss < _best - improvement; // NaN never is
        if (improved) (_best, _waited) = (record.DecisiveLoss, 0);
        else if (++_waited >= patience) state.Stop();
    }
}
