using System.Diagnostics;
using Gradus.Cli.DataSets;
using Gradus.Cli.Runs;
using Gradus.Data;
using Gradus.Kernels;
using Gradus.Losses;
using Gradus.Plots;
using Gradus.Training;
using Gradus.Zoo;
using Spectre.Console;

namespace Gradus.Cli.Train;

/// <summary>One training from the data to the pictures.</summary>
internal sealed class TrainingRun(Architecture architecture, TrainCommand.Settings settings, IAnsiConsole console)
{
    internal const double ValidationShare = 0.1;
    private const int LeastSteps = 500; // a small set needs more passes before the network has learned anything

    public int Execute(CancellationToken cancellation)
    {
        var folder = new RunFolder(settings.Out ?? RunFolder.DefaultPath(architecture.Name, settings.Data));
        RequirePictures(architecture);
        folder.RequirePlace();
        var before = settings.Resume ? Resumed(folder) : null;
        if (before is null && File.Exists(folder.Checkpoint))
            throw new UsageException($"'{folder.Path}' already holds a run: go on with it by --resume, or name another folder");
        var (train, test) = LoadedData.Load(before?.Data ?? settings.Data, console, fallBack: before is null, cancellation);
        var chosen = Choose(before?.Training ?? Defaults(train.Count));
        RequireEnough(train);
        var (validation, training) = train.Split(ValidationShare, chosen.Seed);
        var description = before is null
            ? Describe(training, train.Name == "digits" ? "digits" : settings.Data, chosen)
            : before with { Training = chosen };
        return Run(folder, description, training, validation, test, cancellation);
    }

    private int Run(RunFolder folder, RunDescription description, Dataset training, Dataset validation, Dataset test, CancellationToken cancellation)
    {
        var model = Build(description);
        var chosen = description.Training;
        var normalization = new Normalization(description.Mean, description.Deviation);
        var augmentation = Augmentations.For(training, chosen.Augment, chosen.Seed);
        var batches = new LoaderBatches(new BatchLoader(training, chosen.Batch, shuffle: true, chosen.Seed, normalization: normalization, augmentation: augmentation));
        var checks = new LoaderBatches(new BatchLoader(validation, chosen.Batch, shuffle: false, normalization: normalization));
        folder.Create();
        RunFolder.WriteJson(folder.Architecture, description);
        int parameters = model.Parameters.Sum(parameter => parameter.Count);
        console.MarkupLineInterpolated($"[bold]{description.Model}[/]: {parameters:N0} parameters; {training.Name}: {training.Count:N0} samples to train, {validation.Count:N0} to validate, {test.Count:N0} to test");
        if (test.Note.Length > 0) console.MarkupLineInterpolated($"{test.Note}");
        if (augmentation is not null) console.MarkupLineInterpolated($"training samples change by {augmentation}");

        using var events = settings.TensorBoard ? new TensorBoardFiles(folder.Path) : null;
        Callback[] callbacks = [new HistoryFiles(folder.Path, Facts(description, test)), .. events is null ? Array.Empty<Callback>() : [events]];
        long stepsOfEpoch = (batches.Count + chosen.Accumulate - 1L) / chosen.Accumulate;
        var clock = Stopwatch.StartNew();
        var result = TrainingDisplay.Show(console, chosen.Epochs, (progress, shown) => new Trainer(model, MixedCrossEntropy.Of, Choices.Optimizer(chosen.Optimizer, model.Parameters, chosen.LearningRate))
        {
            Schedule = Choices.Schedule(chosen.Schedule, chosen.Epochs * stepsOfEpoch),
            Accumulate = chosen.Accumulate,
            CheckpointPath = folder.Checkpoint,
            Callbacks = [.. callbacks, shown],
            Progress = progress,
        }.Fit(batches, checks, chosen.Epochs, settings.Resume, cancellation));
        double seconds = clock.Elapsed.TotalSeconds;

        model.Save(folder.Model);
        RunEnvironment.Write(folder.Environment, chosen.Seed, Workers.Threads, description.Model, description.Data, test.Note);
        if (result.History.Epochs.Count > 0) WriteCurves(folder, description, result.History);
        if (result.Reason == StopReason.Cancelled)
        {
            WriteJson(folder, description, parameters, result, null, seconds);
            string resume = $"gradus train {description.Model} --data {Quoted(description.Data)} --out {Quoted(folder.Path)} --resume";
            Console.Error.WriteLine($"stopped after step {result.Steps}; go on with: {resume}");
            return Failures.Stopped;
        }

        var report = TestReport.Of(model, test, normalization, cancellation);
        report.WriteConfusion(folder.Confusion, $"{description.Model} on {description.Data}");
        if (test.HasPictures) report.WritePredictions(folder.Predictions, $"{description.Model} on {description.Data}: test samples, then the most confident mistakes");
        WriteJson(folder, description, parameters, result, report.Accuracy, seconds);
        WarnOfDivergence(result.History, test.Classes);
        if (!settings.Json) console.MarkupLineInterpolated($"[bold]test accuracy {report.Accuracy:0.00%}[/] after {seconds:0.0} s on {Workers.Threads} threads");
        if (!settings.Json) console.WriteLine($"model, history, curves.png{(test.HasPictures ? ", confusion.png and predictions.png" : " and confusion.png")} are in {folder.Path}");
        return 0;
    }

    // Adam, which scales its steps, can wander for ever without reaching infinity.
    private static void WarnOfDivergence(History history, int classes)
    {
        double guessing = Math.Log(classes);
        if (history.Epochs is [.., { TrainLoss: var loss }] && loss > guessing)
            Console.Error.WriteLine($"warning: the training loss ended at {loss:G4}, above the {guessing:0.00} of guessing: lower the learning rate");
    }

    private static Dictionary<string, string> Facts(RunDescription description, Dataset test) => new()
    {
        ["model"] = description.Model,
        ["data"] = description.Data,
        ["test_set"] = test.Note.Length > 0 ? test.Note : "the data set's own",
    };

    private RunDescription? Resumed(RunFolder folder)
    {
        if (!File.Exists(folder.Architecture)) return null; // stopped before its first checkpoint: begin afresh
        var before = RunDescription.Read(folder);
        if (before.Model != architecture.Name) throw new UsageException($"the run in '{folder.Path}' is of {before.Model}, not of {architecture.Name}");
        if (File.Exists(folder.Checkpoint)) RequireTheSame(before, folder);
        return before;
    }

    // What was begun with one setting cannot go on bit for bit with another; more epochs and other threads are welcome.
    private void RequireTheSame(RunDescription before, RunFolder folder)
    {
        Require("--data", PathOf(settings.Data) == PathOf(before.Data) ? before.Data : settings.Data, before.Data);
        Require("--batch", settings.Batch, before.Training.Batch);
        Require("--optimizer", settings.Optimizer, before.Training.Optimizer);
        Require("--lr", settings.LearningRate, before.Training.LearningRate);
        Require("--schedule", settings.Schedule, before.Training.Schedule);
        Require("--accumulate", settings.Accumulate, before.Training.Accumulate);
        Require("--seed", settings.Seed, before.Training.Seed);
        Require("--augment", Augmentations.Full(settings.Augment), before.Training.Augment);

        void Require(string option, object? given, object begun)
        {
            if (given is null || given.Equals(begun)) return;
            throw new UsageException($"the run in '{folder.Path}' was begun with {option} {begun}, and --resume goes on with that; got {option} {given}");
        }

        static string PathOf(string data) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(data.Length == 0 ? "." : data)); // pictures and pictures/ are one
    }

    internal static void RequirePictures(Architecture architecture)
    {
        if (architecture.Input.Rank == 3) return;
        throw new UsageException($"{architecture.Name} takes samples such as {architecture.Input}, and data sets on the command line are pictures: train it from C#, as the README's example does");
    }

    internal static void RequireEnough(Dataset train)
    {
        const int Least = 5; // a tenth of fewer, rounded, is none
        if (train.Classes < 2) throw new InvalidDataException($"{train.Name} has the class '{train.ClassNames[0]}' alone: there is nothing to tell apart");
        if (train.CountPerClass().Max() < Least)
            throw new InvalidDataException($"{train.Name} has too few samples: {train.Count} to train on in {train.Classes} classes, and a tenth of each class, at least one of {Least}, is for validation");
    }

    private TrainingSettings Defaults(int samples)
    {
        var good = architecture.Defaults;
        int stepsOfEpoch = Math.Max(1, samples / good.Batch);
        return new TrainingSettings(Math.Max(good.Epochs, LeastSteps / stepsOfEpoch), good.Batch, good.Optimizer, good.LearningRate, good.Schedule, Seed: 0);
    }

    private TrainingSettings Choose(TrainingSettings otherwise) => new(
        settings.Epochs ?? otherwise.Epochs,
        settings.Batch ?? otherwise.Batch,
        settings.Optimizer ?? otherwise.Optimizer,
        settings.LearningRate ?? otherwise.LearningRate,
        settings.Schedule ?? otherwise.Schedule,
        settings.Seed ?? otherwise.Seed,
        settings.Accumulate ?? otherwise.Accumulate,
        Augmentations.Full(settings.Augment) ?? otherwise.Augment);

    private RunDescription Describe(Dataset training, string data, TrainingSettings chosen)
    {
        var normalization = Normalization.Of(training);
        return new RunDescription(
            architecture.Name, [training.Channels, training.Height, training.Width], training.Classes, [.. training.ClassNames],
            normalization.Mean, normalization.Deviation, data, chosen);
    }

    internal static Layer Build(RunDescription description)
    {
        try
        {
            return description.Build();
        }
        catch (ShapeException mismatch)
        {
            throw new UsageException($"{description.Data} does not fit: {mismatch.Message}");
        }
    }

    private static string Quoted(string path) => path.Contains(' ', StringComparison.Ordinal) ? $"'{path}'" : path;

    private static void WriteCurves(RunFolder folder, RunDescription description, History history)
    {
        var epochs = history.Epochs;
        CurvesPlot.Save(
            folder.Curves,
            $"{description.Model} on {description.Data}",
            [Series.PerEpoch("train", epochs.Select(epoch => epoch.TrainLoss)), Series.PerEpoch("validation", epochs.Select(epoch => epoch.ValidationLoss ?? double.NaN))],
            [Series.PerEpoch("train", epochs.Select(epoch => epoch.TrainAccuracy ?? double.NaN)), Series.PerEpoch("validation", epochs.Select(epoch => epoch.ValidationAccuracy ?? double.NaN))]);
    }

    private void WriteJson(RunFolder folder, RunDescription description, int parameters, TrainingResult result, double? testAccuracy, double seconds)
    {
        if (!settings.Json) return;
        Json.Write(new
        {
            model = description.Model,
            data = description.Data,
            parameters,
            epochs = result.History.Epochs.Select(epoch => new
            {
                epoch = epoch.Epoch,
                train_loss = Json.Finite(epoch.TrainLoss),
                train_accuracy = Json.Finite(epoch.TrainAccuracy),
                validation_loss = Json.Finite(epoch.ValidationLoss),
                validation_accuracy = Json.Finite(epoch.ValidationAccuracy),
                seconds = epoch.Seconds,
                samples_per_second = epoch.SamplesPerSecond,
            }),
            test_accuracy = testAccuracy,
            seconds,
            seed = description.Training.Seed,
            threads = Workers.Threads,
            run = folder.Path,
        });
    }
}
