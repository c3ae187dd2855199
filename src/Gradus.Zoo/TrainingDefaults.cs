namespace Gradus.Zoo;

/// <summary>Settings that train an architecture well, for whoever gives none.</summary>
public sealed record TrainingDefaults
{
    /// <summary>Passes over the training set.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Samples in a batch.</summary>
    public int Batch { get; init; } = 64;

    /// <summary><c>sgd</c> (momentum 0.9, Nesterov), <c>adam</c> or <c>adamw</c>.</summary>
    public string Optimizer { get; init; } = "adam";

    /// <summary>The learning rate at the schedule's highest point.</summary>
    public float LearningRate { get; init; } = 1e-3f;

    /// <summary><c>constant</c>, <c>cosine</c>, <c>step</c> or <c>one-cycle</c>.</summary>
    public string Schedule { get; init; } = "one-cycle";
}
