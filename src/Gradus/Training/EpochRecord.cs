namespace Gradus.Training;

/// <summary>What one epoch brought.</summary>
/// <param name="Epoch">Its number, from 1.</param>
/// <param name="TrainLoss">The mean loss over the samples, each before its step.</param>
/// <param name="TrainAccuracy">The share of correct answers, each before its step; null where the objective counts no answers.</param>
/// <param name="ValidationLoss">The mean loss over the validation samples after the epoch; null if there are none.</param>
/// <param name="ValidationAccuracy">The share of correct answers in the validation; null if there are none.</param>
/// <param name="LearningRate">The first group's learning rate at the last step.</param>
/// <param name="Seconds">How long the training part took, without validation.</param>
/// <param name="SamplesPerSecond">Training samples over <paramref name="Seconds"/>.</param>
public sealed record EpochRecord(
    int Epoch, double TrainLoss, double? TrainAccuracy, double? ValidationLoss, double? ValidationAccuracy, double LearningRate, double Seconds, double SamplesPerSecond)
{
    /// <summary>The validation loss, or the training loss where there is no validation: what decides which epoch was best.</summary>
    public double DecisiveLoss => ValidationLoss ?? TrainLoss;
}
