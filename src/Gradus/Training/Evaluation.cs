namespace Gradus.Training;

/// <summary>A model's figures on a set of samples.</summary>
/// <param name="Loss">The mean loss over the samples.</param>
/// <param name="Accuracy">The share of correct answers; null where the objective counts no answers.</param>
/// <param name="Samples">How many samples there were.</param>
public sealed record Evaluation(double Loss, double? Accuracy, long Samples);
