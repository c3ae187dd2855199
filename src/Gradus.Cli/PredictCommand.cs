using System.ComponentModel;
using Gradus.Cli.Runs;
using Gradus.Graph;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Gradus.Cli;

/// <summary><c>gradus predict RUN FILE...</c>.</summary>
internal sealed class PredictCommand : Command<PredictCommand.Settings>
{
    private const int Likeliest = 3;

    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        var run = TrainedRun.Open(settings.Run);
        if (run.Description.Input is not [1 or 3, _, _] or [_, 1, 1])
            throw new UsageException($"the run takes samples of [{string.Join(", ", run.Description.Input)}], and predict reads pictures");
        var inputs = settings.Files.Select(file => (File: file, Input: Read(file, run))).ToArray(); // all files before the first answer
        var plan = InferencePlan.Capture(run.Model);
        var answers = new List<(string File, float[] Probabilities)>();
        using (GradientMode.Off())
        {
            foreach (var (file, input) in inputs)
            {
                cancellationToken.ThrowIfCancellationRequested();
                answers.Add((file, Probabilities.Of(plan.Run(input).Span)));
            }
        }

        if (settings.Json) Json.Write(answers.Select(answer => Document(answer.File, answer.Probabilities, run.Description.ClassNames)));
        else WriteTable(answers, run.Description.ClassNames);
        return 0;
    }

    private static Tensor Read(string file, TrainedRun run)
    {
        if (!File.Exists(file)) throw new UsageException($"there is no file '{file}'");
        int[] shape = run.Description.Input;
        var picture = Data.Picture.Load(file);
        if (picture.Channels != shape[0]) picture = picture.WithChannels(shape[0]);
        if (picture.Height != shape[1] || picture.Width != shape[2]) picture = picture.Resize(shape[1], shape[2]);
        float[] values = [.. picture.Pixels.Select(pixel => pixel / 255f)];
        run.Normalization.Apply(values);
        return Tensor.Wrap(values, [1, .. shape]);
    }

    private static object Document(string file, float[] probabilities, string[] names)
    {
        int best = Array.IndexOf(probabilities, probabilities.Max());
        return new { file, @class = names[best], probability = probabilities[best], probabilities = names.Zip(probabilities).Select(pair => new { @class = pair.First, probability = pair.Second }) };
    }

    private static void WriteTable(List<(string File, float[] Probabilities)> answers, string[] names)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("file", "class", "probability", "or else");
        table.Columns[2].RightAligned();
        foreach (var (file, probabilities) in answers)
        {
            int[] order = [.. Enumerable.Range(0, names.Length).OrderByDescending(i => probabilities[i]).Take(Likeliest)];
            string others = string.Join(", ", order.Skip(1).Select(i => $"{names[i]} {probabilities[i]:0.0%}"));
            table.AddRow(Markup.Escape(file), $"[bold]{Markup.Escape(names[order[0]])}[/]", $"{probabilities[order[0]]:0.0%}", Markup.Escape(others));
        }

        Terminal.For(json: false).Write(table);
    }

    internal sealed class Settings : CommandSettings
    {
        [CommandArgument(0, "<RUN>")]
        [Description("The folder of a training, such as runs/first.")]
        public required string Run { get; init; }

        [CommandArgument(1, "<FILE>")]
        [Description("Pictures: PNG, JPEG, WebP, PGM or BMP. They are brought to the network's size and channels.")]
        public required string[] Files { get; init; }

        [CommandOption("--json")]
        [Description("Print one JSON document instead of a table.")]
        public bool Json { get; init; }
    }
}
