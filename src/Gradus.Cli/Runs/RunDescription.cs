using System.Text.Json;
using Gradus.Cli.DataSets;
using Gradus.Cli.Tasks;
using Gradus.Cli.Train;
using Gradus.Zoo;

namespace Gradus.Cli.Runs;

/// <summary>What <c>architecture.json</c> holds: all that is needed to build the network again, to feed it, and to resume its training.</summary>
internal sealed record RunDescription(
    string Model,
    int[] Input,
    int Outputs,
    string[] ClassNames,
    float[] Mean,
    float[] Deviation,
    string Data,
    TrainingSettings Training,
    TextDescription? Text = null)
{
    /// <summary>Builds the network with fresh parameters.</summary>
    public Layer Build() => TaskKind.Of(Architectures.Get(Model)).Build(this);

    public static RunDescription Read(RunFolder folder)
    {
        if (!Directory.Exists(folder.Path)) throw new UsageException($"there is no run folder '{folder.Path}'");
        if (!File.Exists(folder.Architecture)) throw new UsageException($"'{folder.Path}' is no run folder: it has no architecture.json");
        try
        {
            var description = Json.Read<RunDescription>(File.ReadAllText(folder.Architecture));
            description.Check(folder.Architecture);
            return description;
        }
        catch (JsonException failure)
        {
            throw new InvalidDataException($"{folder.Architecture} is damaged: {failure.Message}", failure);
        }
    }

    private void Check(string path)
    {
        if (!Architectures.All.Any(architecture => architecture.Name == Model))
            throw new InvalidDataException($"{path} names the architecture '{Model}', which this program does not have");
        if (TaskKind.Of(Architectures.Get(Model)).Obstacle(this) is { } obstacle) throw new InvalidDataException($"{path} is damaged: {obstacle}");
        if (ClassNames.Contains(null!)) throw new InvalidDataException($"{path} is damaged: a class has no name");
        if (Training.Epochs < 1 || Training.Batch < 1 || Training.Accumulate < 1 || !(Training.LearningRate > 0 && float.IsFinite(Training.LearningRate))
            || !Choices.Optimizers.Contains(Training.Optimizer) || !Choices.Schedules.Contains(Training.Schedule)
            || (Training.WeightDecay is { } decay && !(decay >= 0 && float.IsFinite(decay))) || Training.Validation is not (> 0 and < 1) || Augmentations.Obstacle(Training.Augment) is not null)
            throw new InvalidDataException($"{path} is damaged: {Training} is no training");
    }
}

/// <summary>How a text becomes numbers.</summary>
/// <param name="Unit">What it is cut into: words or characters.</param>
/// <param name="Vocabulary">How many tokens the vocabulary in the run's folder has.</param>
/// <param name="Features">The elements of a token's vector.</param>
/// <param name="Longest">Longer texts are cut here.</param>
internal sealed record TextDescription(string Unit, int Vocabulary, int Features, int Longest);

/// <summary>Everything that decides what a training does.</summary>
internal sealed record TrainingSettings(
    int Epochs, int Batch, string Optimizer, float LearningRate, string Schedule, ulong Seed, int Accumulate = 1, string Augment = "", float? WeightDecay = null, double Validation = TaskData.ValidationShare);
