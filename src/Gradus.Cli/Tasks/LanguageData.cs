using Gradus.Cli.Runs;
using Gradus.Data;
using Gradus.Graph;
using Gradus.Metrics;
using Gradus.Training;
using Gradus.Zoo;
using Spectre.Console;

namespace Gradus.Cli.Tasks;

/// <summary>One text: its beginning is learned, on its end, a tenth if nothing else is said, the model is measured.</summary>
internal sealed class LanguageData(string path, byte[] text, int window) : TaskData
{
    private int _learned = text.Length - (int)(text.Length * ValidationShare);

    public override string Name => Path.GetFileName(path);

    public override string Note => "measured on the end of the text, which is also its validation";

    public override int Count => Math.Max(1, _learned / window);

    public override int TestCount => Math.Max(0, text.Length - _learned - 1) / window;

    public override string Sizes => $"{_learned:N0} bytes to train, {text.Length - _learned:N0} to validate, in windows of {window}";

    public override double? GuessingLoss => Math.Log(256);

    private ReadOnlyMemory<byte> Rest => text.AsMemory(_learned);

    public override void Divide(ulong seed, double share)
    {
        int least = (int)((window + 1) / share) + 1;
        if (text.Length < least) throw new InvalidDataException($"{path} is too short: {text.Length} bytes, and its last {share:0.##%} must hold a window of {window}: {least} are needed");
        _learned = text.Length - (int)(text.Length * share);
    }

    public override RunDescription Describe(Architecture architecture, string data, TrainingSettings chosen) =>
        new(architecture.Name, [window], architecture.Outputs, [], [], [], data, chosen);

    public override Lesson Prepare(Layer model, RunDescription description)
    {
        var chosen = description.Training;
        if (chosen.Augment.Length > 0) throw new UsageException($"augmentations change pictures, and {Name} is a text");
        return new Lesson(
            Objective.Labels(model, LanguageModel.Loss),
            new ByteWindows(text.AsMemory(0, _learned), window, chosen.Batch, chosen.Seed),
            new ByteWindows(Rest, window, chosen.Batch));
    }

    public override void Require(RunDescription description) => Divide(0, description.Training.Validation);

    public override TestReport Test(TrainedRun run, CancellationToken cancellation)
    {
        run.Model.Evaluate();
        var (plan, perplexity) = (InferencePlan.Capture(run.Model), new Perplexity());
        foreach (var batch in new ByteWindows(Rest, window, run.Description.Training.Batch).Epoch(0))
        {
            cancellation.ThrowIfCancellationRequested();
            perplexity.Add(plan.Run(batch.Inputs), batch.Labels);
        }

        return new Report(perplexity);
    }

    private sealed class Report(Perplexity perplexity) : TestReport
    {
        public override string Headline => $"validation perplexity {perplexity.Value:0.000} a byte ({perplexity.CrossEntropy / Math.Log(2):0.000} bits)";

        public override IReadOnlyList<(string Name, double Value)> Figures => [("validation_perplexity", perplexity.Value), ("bits_per_byte", perplexity.CrossEntropy / Math.Log(2))];

        public override IReadOnlyList<(string Name, object? Value)> Details => [];

        public override Table Table => NewTable("bytes", "perplexity", "bits a byte").AddRow($"{perplexity.Count:N0}", $"{perplexity.Value:0.000}", $"{perplexity.CrossEntropy / Math.Log(2):0.000}");
    }
}
