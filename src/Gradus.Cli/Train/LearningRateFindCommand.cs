using System.ComponentModel;
using Gradus.Cli.Models;
using Gradus.Cli.Runs;
using Gradus.Cli.Tasks;
using Gradus.Plots;
using Gradus.Training;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Gradus.Cli.Train;

/// <summary><c>gradus lr-find MODEL --data NAME|FOLDER</c>.</summary>
internal sealed class LearningRateFindCommand : Command<LearningRateFindCommand.Settings>
{
    private const int Rows = 20; // of the table: more steps are thinned out

    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        var architecture = ModelShowCommand.Find(settings.Model);
        if (settings.Threads is { } threads) Kernels.Workers.Threads = threads;
        var console = Terminal.For(settings.Json);
        var data = TaskKind.Of(architecture).Load(architecture, settings.Data, console, fallBack: true, cancellationToken);
        var chosen = new TrainingSettings(
            1, settings.Batch ?? architecture.Defaults.Batch, settings.Optimizer ?? architecture.Defaults.Optimizer, (float)settings.Low, "constant", settings.Seed);
        data.Divide(chosen.Seed, chosen.Validation); // the part that 'train' would train on
        var description = data.Describe(architecture, settings.Data, chosen);
        var model = TrainingRun.Build(description);
        var lesson = data.Prepare(model, description);
        var range = LearningRateRange.Test(
            lesson.Objective, Choices.Optimizer(chosen.Optimizer, model.Parameters, chosen.LearningRate), lesson.Training,
            settings.Low, settings.High, settings.Steps, cancellationToken);
        if (range.Points.Count == 0) throw new InvalidDataException($"the loss is not finite at the first step, with a learning rate of {settings.Low:G3}: lower --low");
        string picture = settings.Out ?? $"lr-find-{architecture.Name}.png";
        double ceiling = 1.2 * range.Points.Take(10).Max(point => point.Loss); // an explosion would press the rest of the curve flat
        LinePlot.Save(
            picture, $"{architecture.Name} on {data.Name}, {chosen.Optimizer}",
            [Line("loss", range, point => Math.Min(ceiling, point.Loss)), Line("smoothed", range, point => Math.Min(ceiling, point.SmoothedLoss))], "learning rate", "loss", logX: true);
        if (settings.Json) WriteJson(description, data.Name, range, picture);
        else WriteTable(console, range, picture);
        return 0;
    }

    private static Series Line(string name, LearningRateRange range, Func<LearningRatePoint, double> value) =>
        new(name, [.. range.Points.Select(point => point.LearningRate)], [.. range.Points.Select(value)]);

    private static void WriteTable(IAnsiConsole console, LearningRateRange range, string picture)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("learning rate", "loss", "smoothed");
        foreach (var column in table.Columns) column.RightAligned();
        int every = (range.Points.Count + Rows - 1) / Rows;
        for (int i = 0; i < range.Points.Count; i += every)
        {
            var point = range.Points[i];
            table.AddRow($"{point.LearningRate:0.00E+0}", $"{point.Loss:0.0000}", $"{point.SmoothedLoss:0.0000}");
        }

        console.Write(table);
        console.WriteLine($"the curve is in {picture}");
        if (range.Suggestion is { } rate) console.MarkupLineInterpolated($"suggested: [bold]--lr {rate:G2}[/], a tenth of where the smoothed loss was lowest");
        else console.WriteLine("the loss never fell: try a lower --low, a higher --high, or more --steps");
    }

    private static void WriteJson(RunDescription description, string data, LearningRateRange range, string picture) => Json.Write(new
    {
        model = description.Model,
        data,
        optimizer = description.Training.Optimizer,
        batch = description.Training.Batch,
        suggestion = range.Suggestion,
        points = range.Points.Select(point => new { learning_rate = point.LearningRate, loss = point.Loss, smoothed_loss = point.SmoothedLoss }),
        picture,
    });

    internal sealed class Settings : CommandSettings
    {
        [CommandArgument(0, "<MODEL>")]
        [Description("The architecture: see 'gradus model list'.")]
        public required string Model { get; init; }

        [CommandOption("--data <NAME|FOLDER|FILE>", isRequired: true)]
        [Description("As for 'gradus train': a data set (see 'gradus data list'), a folder of pictures, a table or a text.")]
        public required string Data { get; init; }

        [CommandOption("--optimizer <NAME>")]
        [Description("As for 'gradus train'; the architecture's own if not given.")]
        public string? Optimizer { get; init; }

        [CommandOption("--batch <NUMBER>")]
        [Description("Samples in a batch; the architecture's own if not given.")]
        public int? Batch { get; init; }

        [CommandOption("--low <NUMBER>")]
        [Description("The first learning rate.")]
        [DefaultValue(1e-6)]
        public double Low { get; init; }

        [CommandOption("--high <NUMBER>")]
        [Description("The last learning rate; the test ends earlier when the loss explodes.")]
        [DefaultValue(10.0)]
        public double High { get; init; }

        [CommandOption("--steps <NUMBER>")]
        [Description("Steps from the first to the last rate.")]
        [DefaultValue(200)]
        public int Steps { get; init; }

        [CommandOption("--seed <NUMBER>")]
        [Description("The same seed gives the same figures on any number of threads; 0 if not given.")]
        public ulong Seed { get; init; }

        [CommandOption("--threads <NUMBER>")]
        [Description("Threads that share the work; all cores if not given.")]
        public int? Threads { get; init; }

        [CommandOption("--out <FILE>")]
        [Description("The curve's picture; lr-find-MODEL.png if not given.")]
        public string? Out { get; init; }

        [CommandOption("--json")]
        [Description("Print one JSON document instead of a table.")]
        public bool Json { get; init; }

        public override ValidationResult Validate() =>
            !(Low > 0) ? ValidationResult.Error($"--low is above 0; got {Low}")
            : !(High > Low && double.IsFinite(High)) ? ValidationResult.Error($"--high is above --low; got {High} and {Low}")
            : Steps < 2 ? ValidationResult.Error($"--steps is at least 2; got {Steps}")
            : Batch < 1 ? ValidationResult.Error($"--batch is at least 1; got {Batch}")
            : Threads is < 1 or > TrainCommand.Settings.MostThreads ? ValidationResult.Error($"--threads is at least 1 and at most {TrainCommand.Settings.MostThreads}; got {Threads}")
            : Out?.Length == 0 ? ValidationResult.Error("--out is empty; it names the picture")
            : Optimizer is not null && !Choices.Optimizers.Contains(Optimizer) ? ValidationResult.Error($"there is no optimizer '{Optimizer}'; there are {string.Join(", ", Choices.Optimizers)}.{Suggestion.For(Optimizer, Choices.Optimizers)}")
            : ValidationResult.Success();
    }
}
