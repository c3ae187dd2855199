namespace Gradus.Training;

/// <summary>Saves the model whenever the validation loss (the training loss where there is no validation) is the lowest so far.</summary>
/// <param name="path">The safetensors file, replaced in one step.</param>
public sealed class KeepBest(string path) : Callback
{
    private double _best = double.PositiveInfinity;

    /// <inheritdoc/>
    public override IReadOnlyList<double> State => [_best];

    /// <inheritdoc/>
    public override void Restore(IReadOnlyList<double> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _best = state[0];
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingState state, EpochRecord record)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(record);
        if (!(record.DecisiveLoss < _best)) return;
        _best = record.DecisiveLoss;
        state.Model.Save(path);
    }
}
