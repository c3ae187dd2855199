namespace Gradus.Training;

/// <summary>Where a training stands, after a step.</summary>
/// <param name="Epoch">The epoch under way, from 1.</param>
/// <param name="Epochs">All epochs.</param>
/// <param name="Batch">The batches of this epoch that are done.</param>
/// <param name="Batches">The batches of an epoch.</param>
/// <param name="Step">All steps taken.</param>
/// <param name="Loss">The mean loss of this epoch so far.</param>
/// <param name="Accuracy">The accuracy of this epoch so far; null where the objective counts no answers.</param>
/// <param name="LearningRate">The first group's learning rate.</param>
/// <param name="SamplesPerSecond">The speed since this epoch began or was resumed.</param>
/// <param name="TimeLeft">What the remaining steps will take at the present speed, without validation.</param>
public readonly record struct TrainingProgress(
    int Epoch, int Epochs, int Batch, int Batches, long Step, double Loss, double? Accuracy, float LearningRate, double SamplesPerSecond, TimeSpan TimeLeft);
