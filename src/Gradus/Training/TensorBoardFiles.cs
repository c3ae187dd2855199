using Gradus.Formats;

namespace Gradus.Training;

/// <summary>Writes a training's curves to an event file for TensorBoard: loss and learning rate of each step, and each epoch's figures.</summary>
/// <remarks>
/// <c>tensorboard --logdir FOLDER</c> shows it. The curves are <c>step/loss</c> and <c>step/learning_rate</c> over the steps, and
/// <c>train/loss</c>, <c>train/accuracy</c>, <c>validation/loss</c>, <c>validation/accuracy</c> and <c>samples_per_second</c> over the epochs.
/// </remarks>
/// <param name="folder">The folder, made if need be; a resumed training adds a file to it.</param>
public sealed class TensorBoardFiles(string folder) : Callback, IDisposable
{
    private TensorBoardEvents? _events;

    /// <inheritdoc/>
    public override void OnTrainingBegin(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _events?.Dispose();
        _events = new TensorBoardEvents(folder, state.Step == 0 ? 0 : state.Step + 1);
    }

    /// <inheritdoc/>
    public override void OnStepEnd(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _events?.Scalar("step/loss", state.BatchLoss, state.Step);
        _events?.Scalar("step/learning_rate", state.Optimizer.Groups[0].LearningRate, state.Step);
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingState state, EpochRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        Write("train/loss", record.TrainLoss);
        Write("train/accuracy", record.TrainAccuracy);
        Write("validation/loss", record.ValidationLoss);
        Write("validation/accuracy", record.ValidationAccuracy);
        Write("samples_per_second", record.SamplesPerSecond);

        void Write(string tag, double? value)
        {
            if (value is { } number) _events?.Scalar(tag, (float)number, record.Epoch);
        }
    }

    /// <inheritdoc/>
    public override void OnTrainingEnd(TrainingState state) => Dispose();

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        _events?.Dispose();
        _events = null;
    }
}
