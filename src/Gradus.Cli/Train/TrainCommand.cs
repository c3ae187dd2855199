using System.ComponentModel;
using Gradus.Cli.DataSets;
using Gradus.Cli.Models;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Gradus.Cli.Train;

/// <summary><c>gradus train MODEL --data NAME|FOLDER|FILE</c>.</summary>
internal sealed class TrainCommand : Command<TrainCommand.Settings>
{
    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        var architecture = ModelShowCommand.Find(settings.Model);
        if (settings.Threads is { } threads) Kernels.Workers.Threads = threads;
        return new TrainingRun(architecture, settings, Terminal.For(settings.Json)).Execute(cancellationToken);
    }

    internal sealed class Settings : CommandSettings
    {
        internal const int MostThreads = 1024; // each takes a stack, and no machine has more cores

        [CommandArgument(0, "<MODEL>")]
        [Description("The architecture: see 'gradus model list'.")]
        public required string Model { get; init; }

        [CommandOption("--data <NAME|FOLDER|FILE>", isRequired: true)]
        [Description("A data set of pictures or texts (see 'gradus data list'), a folder or .tar with a folder of pictures for each class, a table FILE.csv[[#LABEL]] of numbers and a label column, or for a language model a file of text.")]
        public required string Data { get; init; }

        [CommandOption("--epochs <NUMBER>")]
        [Description("Passes over the training set. Like all that follow, it has a good value for each architecture.")]
        public int? Epochs { get; init; }

        [CommandOption("--batch <NUMBER>")]
        [Description("Samples in a batch.")]
        public int? Batch { get; init; }

        [CommandOption("--optimizer <NAME>")]
        [Description("sgd (Nesterov momentum 0.9), adam, adamw, adagrad, rmsprop or lion.")]
        public string? Optimizer { get; init; }

        [CommandOption("--lr <NUMBER>")]
        [Description("The learning rate at the schedule's highest point.")]
        public float? LearningRate { get; init; }

        [CommandOption("--weight-decay <NUMBER>")]
        [Description("How strongly weights are drawn to zero; the optimizer's own if not given: 1e-4 for sgd, 0.01 for adamw, else 0.")]
        public float? WeightDecay { get; init; }

        [CommandOption("--schedule <NAME>")]
        [Description("constant, cosine, step, one-cycle, exponential, cosine-restarts, warmup-cosine, or plateau: a tenth after 4 epochs without a lower validation loss.")]
        public string? Schedule { get; init; }

        [CommandOption("--accumulate <NUMBER>")]
        [Description("Batches whose gradients are added up for one step: the step of a batch so many times larger, in the memory of one. 1 if not given.")]
        public int? Accumulate { get; init; }

        [CommandOption("--augment <NAME[[:STRENGTH]],...>")]
        [Description("Random changes of the training pictures, such as crop,horizontal-flip,hue:20; see 'gradus data show --help'.")]
        public string? Augment { get; init; }

        [CommandOption("--validation <SHARE>")]
        [Description("The share of the training data that is held back to measure each epoch on; 0.1 if not given.")]
        public double? Validation { get; init; }

        [CommandOption("--seed <NUMBER>")]
        [Description("The same seed gives the same figures on any number of threads; 0 if not given.")]
        public ulong? Seed { get; init; }

        [CommandOption("--threads <NUMBER>")]
        [Description("Threads that share the work; all cores if not given.")]
        public int? Threads { get; init; }

        [CommandOption("--out <DIR>")]
        [Description("The run's folder; runs/MODEL-DATA-TIME if not given.")]
        public string? Out { get; init; }

        [CommandOption("--resume")]
        [Description("Go on with the run in --out, bit for bit as if it had never stopped.")]
        public bool Resume { get; init; }

        [CommandOption("--tensorboard")]
        [Description("Write an event file for TensorBoard into the run's folder.")]
        public bool TensorBoard { get; init; }

        [CommandOption("--json")]
        [Description("Print one JSON document on standard output; progress goes to standard error.")]
        public bool Json { get; init; }

        public override ValidationResult Validate() =>
            Epochs < 1 ? ValidationResult.Error($"--epochs is at least 1; got {Epochs}")
            : Batch < 1 ? ValidationResult.Error($"--batch is at least 1; got {Batch}")
            : Accumulate < 1 ? ValidationResult.Error($"--accumulate is at least 1; got {Accumulate}")
            : Threads is < 1 or > MostThreads ? ValidationResult.Error($"--threads is at least 1 and at most {MostThreads}; got {Threads}")
            : LearningRate is { } rate && !(rate > 0 && float.IsFinite(rate)) ? ValidationResult.Error($"--lr is above 0; got {rate}")
            : WeightDecay is { } decay && !(decay >= 0 && float.IsFinite(decay)) ? ValidationResult.Error($"--weight-decay is at least 0; got {decay}")
            : Validation is { } share && !(share is > 0 and < 1) ? ValidationResult.Error($"--validation is above 0 and below 1; got {share}")
            : Optimizer is not null && !Choices.Optimizers.Contains(Optimizer) ? ValidationResult.Error($"there is no optimizer '{Optimizer}'; there are {string.Join(", ", Choices.Optimizers)}.{Suggestion.For(Optimizer, Choices.Optimizers)}")
            : Schedule is not null && !Choices.Schedules.Contains(Schedule) ? ValidationResult.Error($"there is no schedule '{Schedule}'; there are {string.Join(", ", Choices.Schedules)}.{Suggestion.For(Schedule, Choices.Schedules)}")
            : Augmentations.Obstacle(Augment) is { } obstacle ? ValidationResult.Error(obstacle)
            : Out?.Length == 0 ? ValidationResult.Error("--out is empty; it names the run's folder")
            : Resume && Out is null ? ValidationResult.Error("--resume needs --out DIR, the folder of the run to go on with")
            : ValidationResult.Success();
    }
}
