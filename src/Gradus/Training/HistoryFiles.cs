namespace Gradus.Training;

/// <summary>Writes <c>history.csv</c> and <c>history.json</c> after every epoch, each replaced in one step.</summary>
/// <param name="folder">An existing folder.</param>
/// <param name="facts">What else <c>history.json</c> is to say, before its epochs: which data, which test set. Null for nothing.</param>
public sealed class HistoryFiles(string folder, IReadOnlyDictionary<string, string>? facts = null) : Callback
{
    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingState state, EpochRecord record)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.History.WriteCsv(Path.Combine(folder, "history.csv"));
        state.History.WriteJson(Path.Combine(folder, "history.json"), facts);
    }
}
