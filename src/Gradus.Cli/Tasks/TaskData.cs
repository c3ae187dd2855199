using Gradus.Cli.Runs;
using Gradus.Training;
using Gradus.Zoo;

namespace Gradus.Cli.Tasks;

/// <summary>The data of one training: divided, described, cut into batches, and measured on.</summary>
internal abstract class TaskData
{
    /// <summary>What is held back from the training data to measure each epoch on, unless the user says otherwise.</summary>
    public const double ValidationShare = 0.1;

    /// <summary>The set's name.</summary>
    public abstract string Name { get; }

    /// <summary>What a reader of the figures must know of the test set; else empty.</summary>
    public abstract string Note { get; }

    /// <summary>Samples to train and to validate on.</summary>
    public abstract int Count { get; }

    /// <summary>Samples to test on.</summary>
    public abstract int TestCount { get; }

    /// <summary>How many samples each part has, in words; after <see cref="Divide"/>.</summary>
    public abstract string Sizes { get; }

    /// <summary>The loss of guessing, above which a training has gone astray; null where it is not known.</summary>
    public virtual double? GuessingLoss => null;

    /// <summary>Parts training and validation samples.</summary>
    /// <param name="seed">What draws the validation samples.</param>
    /// <param name="share">How many of all samples are for validation, in (0, 1).</param>
    /// <exception cref="InvalidDataException">There are too few samples for that.</exception>
    public abstract void Divide(ulong seed, double share);

    /// <summary>What a new run keeps of its network and data; after <see cref="Divide"/>.</summary>
    public abstract RunDescription Describe(Architecture architecture, string data, TrainingSettings chosen);

    /// <summary>Batches and objective; after <see cref="Divide"/>.</summary>
    /// <exception cref="UsageException">The settings do not fit the data.</exception>
    public abstract Lesson Prepare(Layer model, RunDescription description);

    /// <summary>Writes what the network needs besides its parameters into the run's folder.</summary>
    public virtual void Save(RunFolder folder) { }

    /// <summary>Refuses to measure a run on data of another shape, or with other classes.</summary>
    /// <exception cref="UsageException">They do not fit.</exception>
    public abstract void Require(RunDescription description);

    /// <summary>Measures a run's network.</summary>
    public abstract TestReport Test(TrainedRun run, CancellationToken cancellation);
}

/// <summary>What a trainer is given.</summary>
/// <param name="Objective">What to minimise.</param>
/// <param name="Training">The batches to learn from.</param>
/// <param name="Validation">The batches to measure each epoch on.</param>
/// <param name="Remark">What the user should know before; null for nothing.</param>
internal sealed record Lesson(Objective Objective, BatchSource Training, BatchSource Validation, string? Remark = null);
