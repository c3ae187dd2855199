using Gradus.Cli.DataSets;
using Gradus.Cli.Runs;
using Gradus.Data;
using Gradus.Losses;
using Gradus.Training;
using Gradus.Zoo;

namespace Gradus.Cli.Tasks;

/// <summary>Pictures or rows of numbers, each of one class.</summary>
internal sealed class PictureData(Dataset train, Dataset test) : TaskData
{
    private Dataset? _training, _validation;

    public override string Name => train.Name;

    public override string Note => test.Note;

    public override int Count => train.Count;

    public override int TestCount => test.Count;

    public override string Sizes => $"{Training.Count:N0} samples to train, {Validation.Count:N0} to validate, {test.Count:N0} to test";

    public override double? GuessingLoss => Math.Log(test.Classes);

    private Dataset Training => _training ?? throw new InvalidOperationException("divide first");

    private Dataset Validation => _validation ?? throw new InvalidOperationException("divide first");

    public override void Divide(ulong seed, double share)
    {
        int least = (int)Math.Ceiling(0.5 / share); // the share of fewer, rounded, is none
        if (train.Classes < 2) throw new InvalidDataException($"{train.Name} has the class '{train.ClassNames[0]}' alone: there is nothing to tell apart");
        if (train.CountPerClass().Max() < least)
            throw new InvalidDataException($"{train.Name} has too few samples: {train.Count} to train on in {train.Classes} classes, and {share:0.##%} of each class, at least one of {least}, is for validation");
        (_validation, _training) = train.Split(share, seed);
    }

    public override RunDescription Describe(Architecture architecture, string data, TrainingSettings chosen)
    {
        var normalization = Normalization.Of(Training);
        return new RunDescription(
            architecture.Name, [Training.Channels, Training.Height, Training.Width], Training.Classes, [.. Training.ClassNames],
            normalization.Mean, normalization.Deviation, LoadedData.IsBuiltIn(train) ? train.Name : data, chosen);
    }

    public override Lesson Prepare(Layer model, RunDescription description)
    {
        var chosen = description.Training;
        var normalization = new Normalization(description.Mean, description.Deviation);
        var augmentation = Augmentations.For(Training, chosen.Augment, chosen.Seed);
        return new Lesson(
            Objective.Labels(model, MixedCrossEntropy.Of),
            new LoaderBatches(new BatchLoader(Training, chosen.Batch, shuffle: true, chosen.Seed, normalization: normalization, augmentation: augmentation)),
            new LoaderBatches(new BatchLoader(Validation, chosen.Batch, shuffle: false, normalization: normalization)),
            augmentation is null ? null : $"training samples change by {augmentation}");
    }

    public override void Require(RunDescription description)
    {
        int[] shape = [test.Channels, test.Height, test.Width];
        if (!shape.SequenceEqual(description.Input))
            throw new UsageException($"the run takes samples of [{string.Join(", ", description.Input)}]; those of {test.Name} are [{string.Join(", ", shape)}]");
        if (!test.ClassNames.SequenceEqual(description.ClassNames))
            throw new UsageException($"the run knows the classes {string.Join(", ", description.ClassNames)}; {test.Name} has {string.Join(", ", test.ClassNames)}");
    }

    public override TestReport Test(TrainedRun run, CancellationToken cancellation) =>
        PictureReport.Of(run.Model, test, new Normalization(run.Description.Mean, run.Description.Deviation), cancellation);
}
