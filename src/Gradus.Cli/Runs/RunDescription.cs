using System.Text.Json;
using Gradus.Cli.DataSets;
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
    TrainingSettings Training)
{
    public Layer Build() => Architectures.Get(Model).Build(Shape.Of(Input), Outputs, new RandomSource(Training.Seed));

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
        if (Input.Length is < 1 or > 3 || Array.Exists(Input, size => size < 1) || Outputs < 1 || ClassNames.Length != Outputs)
            throw new InvalidDataException($"{path} is damaged: input [{string.Join(", ", Input)}], {Outputs} outputs, {ClassNames.Length} class names");
        if (ClassNames.Contains(null!)) throw new InvalidDataException($"{path} is damaged: a class has no name");
        if (Mean.Length != Input[0] || Deviation.Length != Input[0])
            throw new InvalidDataException($"{path} is damaged: {Mean.Length} means and {Deviation.Length} deviations for {Input[0]} channels");
        if (!Array.TrueForAll(Mean, float.IsFinite) || !Array.TrueForAll(Deviation, deviation => deviation > 0 && float.IsFinite(deviation)))
            throw new InvalidDataException($"{path} is damaged: means [{string.Join(", ", Mean)}], deviations [{string.Join(", ", Deviation)}]");
        if (Training.Epochs < 1 || Training.Batch < 1 || Training.Accumulate < 1 || !(Training.LearningRate > 0 && float.IsFinite(Training.LearningRate))
            || !Choices.Optimizers.Contains(Training.Optimizer) || !Choices.Schedules.Contains(Training.Schedule)
            || Augmentations.Obstacle(Training.Augment) is not null)
            throw new InvalidDataException($"{path} is damaged: {Training} is no training");
        if (!Architectures.All.Any(architecture => architecture.Name == Model))
            throw new InvalidDataException($"{path} names the architecture '{Model}', which this program does not have");
    }
}

/// <summary>Everything that decides what a training does.</summary>
internal sealed record TrainingSettings(
    int Epochs, int Batch, string Optimizer, float LearningRate, string Schedule, ulong Seed, int Accumulate = 1, string Augment = "");
