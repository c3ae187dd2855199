using System.ComponentModel;
using Gradus.Cli.Runs;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Gradus.Cli;

/// <summary><c>gradus predict RUN FILE...</c> and <c>gradus predict RUN --text TEXT</c>.</summary>
internal sealed class PredictCommand : Command<PredictCommand.Settings>
{
    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        var run = TrainedRun.Open(settings.Run);
        run.Kind.Predict(run, settings, cancellationToken);
        return 0;
    }

    internal sealed class Settings : CommandSettings
    {
        private const int MostBytes = 1_000_000;

        [CommandArgument(0, "<RUN>")]
        [Description("The folder of a training, such as runs/first.")]
        public required string Run { get; init; }

        [CommandArgument(1, "[FILE]")]
        [Description("Pictures: PNG, JPEG, WebP, PGM or BMP, which are brought to the network's size and channels. Or files with a text on each line.")]
        public string[] Files { get; init; } = [];

        [CommandOption("--text <TEXT>")]
        [Description("A text to classify or to tag; for a language model, the beginning of the text that it continues.")]
        public string? Text { get; init; }

        [CommandOption("--length <NUMBER>")]
        [Description("How many bytes a language model adds.")]
        [DefaultValue(300)]
        public int Length { get; init; }

        [CommandOption("--temperature <NUMBER>")]
        [Description("How freely a language model chooses: 0 always the likeliest, 1 by its probabilities.")]
        [DefaultValue(0.7f)]
        public float Temperature { get; init; }

        [CommandOption("--seed <NUMBER>")]
        [Description("The same seed gives the same continuation; 0 if not given.")]
        public ulong Seed { get; init; }

        [CommandOption("--json")]
        [Description("Print one JSON document instead of a table.")]
        public bool Json { get; init; }

        public override ValidationResult Validate() =>
            Length is < 1 or > MostBytes ? ValidationResult.Error($"--length is at least 1 and at most {MostBytes}; got {Length}")
            : !(Temperature >= 0 && float.IsFinite(Temperature)) ? ValidationResult.Error($"--temperature is at least 0; got {Temperature}")
            : ValidationResult.Success();
    }
}
