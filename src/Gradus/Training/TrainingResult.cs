namespace Gradus.Training;

/// <summary>How a training ended.</summary>
/// <param name="Reason">Why.</param>
/// <param name="History">The finished epochs, those before a resume included.</param>
/// <param name="Steps">All steps, those before a resume included.</param>
public sealed record TrainingResult(StopReason Reason, History History, long Steps);
