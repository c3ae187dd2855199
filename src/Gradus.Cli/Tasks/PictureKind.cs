using Gradus.Cli.DataSets;
using Gradus.Cli.Runs;
using Gradus.Data;
using Gradus.Graph;
using Gradus.Zoo;
using Spectre.Console;

namespace Gradus.Cli.Tasks;

/// <summary>Pictures, or rows of numbers, and one class for each.</summary>
internal sealed class PictureKind : TaskKind
{
    public override TaskData Load(Architecture architecture, string data, IAnsiConsole console, bool fallBack, CancellationToken cancellation)
    {
        if (architecture.Input.Rank != 3)
            throw new UsageException($"{architecture.Name} takes samples such as {architecture.Input}, and data sets on the command line are pictures or texts: train it from C#, as the README's example does");
        var (train, test) = LoadedData.Load(data, console, fallBack, cancellation);
        return new PictureData(train, test);
    }

    public override Layer Build(RunDescription description) =>
        Architectures.Get(description.Model).Build(Shape.Of(description.Input), description.Outputs, new RandomSource(description.Training.Seed));

    public override string? Obstacle(RunDescription description)
    {
        var (input, mean, deviation) = (description.Input, description.Mean, description.Deviation);
        if (input.Length != 3 || Array.Exists(input, size => size < 1) || description.Outputs < 1 || description.ClassNames.Length != description.Outputs)
            return $"input [{string.Join(", ", input)}], {description.Outputs} outputs, {description.ClassNames.Length} class names";
        if (mean.Length != input[0] || deviation.Length != input[0]) return $"{mean.Length} means and {deviation.Length} deviations for {input[0]} channels";
        if (!Array.TrueForAll(mean, float.IsFinite) || !Array.TrueForAll(deviation, value => value > 0 && float.IsFinite(value)))
            return $"means [{string.Join(", ", mean)}], deviations [{string.Join(", ", deviation)}]";
        return null;
    }

    public override void Predict(TrainedRun run, PredictCommand.Settings settings, CancellationToken cancellation)
    {
        if (run.Description.Input is not [1 or 3, _, _] or [_, 1, 1])
            throw new UsageException($"the run takes samples of [{string.Join(", ", run.Description.Input)}], and predict reads pictures or texts");
        if (settings.Text is not null) throw new UsageException($"the run takes pictures: name their files instead of --text");
        if (settings.Files.Length == 0) throw new UsageException("the run takes pictures: name one file or more");
        var inputs = settings.Files.Select(file => (File: file, Input: Read(file, run))).ToArray(); // all files before the first answer
        var plan = InferencePlan.Capture(run.Model);
        var answers = new List<ClassAnswer>();
        foreach (var (file, input) in inputs)
        {
            cancellation.ThrowIfCancellationRequested();
            answers.Add(new ClassAnswer(file, Probabilities.Of(plan.Run(input).Span)));
        }

        ClassAnswer.Write(answers, "file", run.Description.ClassNames, settings.Json);
    }

    private static Tensor Read(string file, TrainedRun run)
    {
        if (!File.Exists(file)) throw new UsageException($"there is no file '{file}'");
        int[] shape = run.Description.Input;
        var picture = Data.Picture.Load(file);
        if (picture.Channels != shape[0]) picture = picture.WithChannels(shape[0]);
        if (picture.Height != shape[1] || picture.Width != shape[2]) picture = picture.Resize(shape[1], shape[2]);
        float[] values = [.. picture.Pixels.Select(pixel => pixel / 255f)];
        new Normalization(run.Description.Mean, run.Description.Deviation).Apply(values);
        return Tensor.Wrap(values, [1, .. shape]);
    }
}
