using Gradus.Cli.Runs;
using Gradus.Zoo;
using Spectre.Console;

namespace Gradus.Cli.Tasks;

/// <summary>
/// One kind of task: how its data is read, its network built, measured and used. What is common to all trainings is in
/// <see cref="Train.TrainingRun"/>; a new kind is a subclass of this and of <see cref="TaskData"/>, and a line in <see cref="Of"/>.
/// </summary>
internal abstract class TaskKind
{
    /// <summary>The kind of an architecture's task.</summary>
    /// <exception cref="UsageException">Its data cannot be named on the command line.</exception>
    public static TaskKind Of(Architecture architecture) => architecture.Task switch
    {
        LearningTask.Classification => new PictureKind(),
        LearningTask.SequenceClassification => new SentenceKind(),
        LearningTask.SequenceTagging => new TagKind(),
        LearningTask.LanguageModelling => new LanguageKind(),
        LearningTask.Segmentation => throw new UsageException(
            $"{architecture.Name} takes pictures with a label for every pixel; the data sets of the command line have one for each picture. From C#: Objective.Labels(model, PixelCrossEntropy.Of, classAxis: 1)"),
        LearningTask.Translation => throw new UsageException(
            $"{architecture.Name} makes one sequence of tokens from another, and no data set of the command line has pairs: train it from C# with TokenPairs and SequenceToSequence.Loss"),
        _ => throw new UsageException($"{architecture.Name} is for {architecture.Task}, which the command line has no data for: train it from C#"),
    };

    /// <summary>Reads data for an architecture.</summary>
    /// <param name="architecture">What is to be trained, or was.</param>
    /// <param name="data">What <c>--data</c> says.</param>
    /// <param name="console">Where the way of a download is told.</param>
    /// <param name="fallBack">Whether the built-in data may stand in for what cannot be had.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="UsageException">The architecture does not take such data.</exception>
    public abstract TaskData Load(Architecture architecture, string data, IAnsiConsole console, bool fallBack, CancellationToken cancellation);

    /// <summary>Builds a run's network with fresh parameters.</summary>
    public abstract Layer Build(RunDescription description);

    /// <summary>What is wrong with a description that was read from a file; null if it can be.</summary>
    public abstract string? Obstacle(RunDescription description);

    /// <summary>Uses a trained network on what the user gives.</summary>
    public abstract void Predict(TrainedRun run, PredictCommand.Settings settings, CancellationToken cancellation);
}
