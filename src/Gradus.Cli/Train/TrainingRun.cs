using System.Diagnostics;
using Gradus.Cli.DataSets;
using Gradus.Cli.Runs;
using Gradus.Cli.Tasks;
using Gradus.Kernels;
using Gradus.Plots;
using Gradus.Training;
using Gradus.Zoo;
using Spectre.Console;

namespace Gradus.Cli.Train;

/// <summary>One training from the data to the pictures.</summary>
internal sealed class TrainingRun(Architecture architecture, TrainCommand.Settings settings, IAnsiConsole console)
{
    private const int LeastSteps = 500; // a small set needs more passes before the network has learned anything

    public int Execute(CancellationToken cancellation)
    {
        var kind = TaskKind.Of(architecture);
        var folder = new RunFolder(settings.Out ?? RunFolder.DefaultPath(architecture.Name, settings.Data));
        folder.RequirePlace();
        var before = settings.Resume ? Resumed(folder) : null;
        if (before is null && File.Exists(folder.Checkpoint))
            throw new UsageException($"'{folder.Path}' already holds a run: go on with it by --resume, or name another folder");
        var data = kind.Load(architecture, before?.Data ?? settings.Data, console, fallBack: before is null, cancellation);
        var chosen = Choose(before?.Training ?? Defaults(data.Count));
        data.Divide(chosen.Seed, chosen.Validation);
        var description = before is null ? data.Describe(architecture, settings.Data, chosen) : before with { Training = chosen };
        return Run(folder, description, data, cancellation);
    }

    private int Run(RunFolder folder, RunDescription description, TaskData data, CancellationToken cancellation)
    {
        var model = Build(description);
        var chosen = description.Training;
        var lesson = data.Prepare(model, description);
        folder.Create();
        RunFolder.WriteJson(folder.Architecture, description);
        data.Save(folder);
        int parameters = model.Parameters.Sum(parameter => parameter.Count);
        console.MarkupLineInterpolated($"[bold]{description.Model}[/]: {parameters:N0} parameters; {data.Name}: {data.Sizes}");
        if (data.Note.Length > 0) console.MarkupLineInterpolated($"{data.Note}");
        if (lesson.Remark is not null) console.MarkupLineInterpolated($"{lesson.Remark}");

        var clock = Stopwatch.StartNew();
        var result = Fit(folder, description, data, lesson, cancellation);
        double seconds = clock.Elapsed.TotalSeconds;

        model.Save(folder.Model);
        RunEnvironment.Write(folder.Environment, chosen.Seed, Workers.Threads, description.Model, description.Data, data.Note);
        if (result.History.Epochs.Count > 0) WriteCurves(folder, description, result.History);
        if (result.Reason == StopReason.Cancelled)
        {
            WriteJson(folder, description, parameters, result, [("test_accuracy", null)], seconds);
            string resume = $"gradus train {description.Model} --data {Quoted(description.Data)} --out {Quoted(folder.Path)} --resume";
            Console.Error.WriteLine($"stopped after step {result.Steps}; go on with: {resume}");
            return Failures.Stopped;
        }

        var report = data.Test(new TrainedRun(folder, description, model), cancellation);
        string[] pictures = ["curves.png", .. report.WritePictures(folder, $"{description.Model} on {description.Data}")];
        WriteJson(folder, description, parameters, result, [.. report.Figures.Select(figure => (figure.Name, (double?)figure.Value))], seconds);
        WarnOfDivergence(result.History, data.GuessingLoss);
        if (!settings.Json) console.MarkupLineInterpolated($"[bold]{report.Headline}[/] after {seconds:0.0} s on {Workers.Threads} threads");
        if (!settings.Json) console.WriteLine($"model, history{(pictures.Length > 1 ? ", " : " and ")}{string.Join(", ", pictures[..^1])}{(pictures.Length > 1 ? " and " : "")}{pictures[^1]} are in {folder.Path}");
        return 0;
    }

    private TrainingResult Fit(RunFolder folder, RunDescription description, TaskData data, Lesson lesson, CancellationToken cancellation)
    {
        var chosen = description.Training;
        using var events = settings.TensorBoard ? new TensorBoardFiles(folder.Path) : null;
        Callback[] callbacks = [new HistoryFiles(folder.Path, Facts(description, data.Note)), .. events is null ? Array.Empty<Callback>() : [events]];
        long stepsOfEpoch = (lesson.Training.Count + chosen.Accumulate - 1L) / chosen.Accumulate;
        var optimizer = Choices.Optimizer(chosen.Optimizer, lesson.Objective.Model.Parameters, chosen.LearningRate, chosen.WeightDecay);
        return TrainingDisplay.Show(console, chosen.Epochs, (progress, shown) => new Trainer(lesson.Objective, optimizer)
        {
            Schedule = Choices.Schedule(chosen.Schedule, chosen.Epochs * stepsOfEpoch),
            Accumulate = chosen.Accumulate,
            CheckpointPath = folder.Checkpoint,
            Callbacks = [.. callbacks, shown],
            Progress = progress,
        }.Fit(lesson.Training, lesson.Validation, chosen.Epochs, settings.Resume, cancellation));
    }

    // Adam, which scales its steps, can wander for ever without reaching infinity.
    private static void WarnOfDivergence(History history, double? guessing)
    {
        if (history.Epochs is [.., { TrainLoss: var loss }] && loss > guessing)
            Console.Error.WriteLine($"warning: the training loss ended at {loss:G4}, above the {guessing:0.00} of guessing: lower the learning rate");
    }

    private static Dictionary<string, string> Facts(RunDescription description, string note) => new()
    {
        ["model"] = description.Model,
        ["data"] = description.Data,
        ["test_set"] = note.Length > 0 ? note : "the data set's own",
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
        Require("--weight-decay", settings.WeightDecay, before.Training.WeightDecay ?? (object)"the optimizer's own");
        Require("--schedule", settings.Schedule, before.Training.Schedule);
        Require("--accumulate", settings.Accumulate, before.Training.Accumulate);
        Require("--seed", settings.Seed, before.Training.Seed);
        Require("--validation", settings.Validation, before.Training.Validation);
        Require("--augment", Augmentations.Full(settings.Augment), before.Training.Augment);

        void Require(string option, object? given, object begun)
        {
            if (given is null || given.Equals(begun)) return;
            throw new UsageException($"the run in '{folder.Path}' was begun with {option} {begun}, and --resume goes on with that; got {option} {given}");
        }

        static string PathOf(string data) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(data.Length == 0 ? "." : data)); // pictures and pictures/ are one
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
        Augmentations.Full(settings.Augment) ?? otherwise.Augment,
        settings.WeightDecay ?? otherwise.WeightDecay,
        settings.Validation ?? otherwise.Validation);

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

    private void WriteJson(RunFolder folder, RunDescription description, int parameters, TrainingResult result, (string Name, double? Value)[] figures, double seconds)
    {
        if (!settings.Json) return;
        var document = new Dictionary<string, object?>
        {
            ["model"] = description.Model,
            ["data"] = description.Data,
            ["parameters"] = parameters,
            ["epochs"] = result.History.Epochs.Select(epoch => new
            {
                epoch = epoch.Epoch,
                train_loss = Json.Finite(epoch.TrainLoss),
                train_accuracy = Json.Finite(epoch.TrainAccuracy),
                validation_loss = Json.Finite(epoch.ValidationLoss),
                validation_accuracy = Json.Finite(epoch.ValidationAccuracy),
                seconds = epoch.Seconds,
                samples_per_second = epoch.SamplesPerSecond,
            }),
        };
        foreach (var (name, value) in figures) document[name] = Json.Finite(value);
        document["seconds"] = seconds;
        document["seed"] = description.Training.Seed;
        document["threads"] = Workers.Threads;
        document["run"] = folder.Path;
        Json.Write(document);
    }
}
