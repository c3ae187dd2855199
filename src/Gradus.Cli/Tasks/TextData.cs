using Gradus.Cli.Runs;
using Gradus.Data;
using Gradus.Zoo;

namespace Gradus.Cli.Tasks;

/// <summary>A set of texts with classes or tags, as numbers of a vocabulary that the training part has.</summary>
internal sealed class TextData(TextKind kind, TokenDataset train, TokenDataset test, string unit) : TaskData
{
    private const int LeastCount = 2; // what comes once becomes unknown: so the network learns what to make of unknown tokens

    private TokenDataset? _training, _validation;
    private Vocabulary? _vocabulary;

    public override string Name => train.Name;

    public override string Note => test.Note;

    public override int Count => train.Count;

    public override int TestCount => test.Count;

    public override string Sizes =>
        $"{_training!.Count:N0} sentences to train, {_validation!.Count:N0} to validate, {test.Count:N0} to test; {train.ClassNames.Count} {(train is SequenceDataset ? "tags" : "classes")}, {_vocabulary!.Count:N0} different {unit}";

    public override double? GuessingLoss => train is TextDataset ? Math.Log(train.ClassNames.Count) : null;

    public override void Divide(ulong seed, double share)
    {
        int least = (int)Math.Ceiling(1 / share);
        if (train.ClassNames.Count < 2) throw new InvalidDataException($"{train.Name} has the class '{train.ClassNames[0]}' alone: there is nothing to tell apart");
        if (train.Count < least) throw new InvalidDataException($"{train.Name} has too few sentences: {train.Count} to train on, and {share:0.##%} of at least {least} is for validation");
        (_training, _validation) = train.Split(share, seed);
        _vocabulary = Vocabulary.Of(_training, LeastCount);
    }

    public override RunDescription Describe(Architecture architecture, string data, TrainingSettings chosen) => new(
        architecture.Name, [TextKind.Longest, TextKind.Features], train.ClassNames.Count, [.. train.ClassNames], [], [], train.Name, chosen,
        new TextDescription(unit, _vocabulary!.Count, TextKind.Features, TextKind.Longest));

    public override Lesson Prepare(Layer model, RunDescription description)
    {
        var chosen = description.Training;
        if (chosen.Augment.Length > 0) throw new UsageException($"augmentations change pictures, and {train.Name} is a set of texts");
        if (_vocabulary!.Count != description.Text!.Vocabulary)
            throw new InvalidDataException($"{train.Name} has {_vocabulary.Count} different {unit}, and had {description.Text.Vocabulary} when the run was begun: the set has changed");
        return new Lesson(((SequenceModel)model).Objective, Batches(_training!, _vocabulary, chosen, shuffle: true), Batches(_validation!, _vocabulary, chosen, shuffle: false));
    }

    public override void Save(RunFolder folder) => _vocabulary!.Save(folder.Vocabulary);

    public override void Require(RunDescription description)
    {
        if (!test.ClassNames.SequenceEqual(description.ClassNames))
            throw new UsageException($"the run knows the classes {string.Join(", ", description.ClassNames)}; {test.Name} has {string.Join(", ", test.ClassNames)}");
        if (unit != description.Text!.Unit) throw new UsageException($"the run reads {description.Text.Unit}; {test.Name} is cut into {unit}");
    }

    public override TestReport Test(TrainedRun run, CancellationToken cancellation)
    {
        run.Model.Evaluate();
        return kind.Measure((TextModel)run.Model, Batches(test, Vocabulary.Load(run.Folder.Vocabulary), run.Description.Training, shuffle: false), test.ClassNames, cancellation);
    }

    private static TokenBatches Batches(TokenDataset set, Vocabulary vocabulary, TrainingSettings chosen, bool shuffle) =>
        new(new TokenLoader(set, vocabulary, chosen.Batch, TextKind.Longest, shuffle, chosen.Seed));
}
