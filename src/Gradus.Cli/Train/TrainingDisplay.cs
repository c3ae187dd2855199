using System.Diagnostics;
using Gradus.Training;
using Spectre.Console;

namespace Gradus.Cli.Train;

/// <summary>Shows a training as it goes: a bar in a terminal, plain lines elsewhere, and one line for each finished epoch in both.</summary>
internal static class TrainingDisplay
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(100), Heartbeat = TimeSpan.FromSeconds(10);

    public static TrainingResult Show(IAnsiConsole console, int epochs, Func<IProgress<TrainingProgress>, Callback, TrainingResult> train)
    {
        if (!console.Profile.Out.IsTerminal || !console.Profile.Capabilities.Interactive)
            return train(new Throttled(Heartbeat, progress => console.Profile.Out.Writer.WriteLine(Text(progress))), new EpochLines(console, epochs));
        return console.Progress()
            .AutoClear(true)
            .Columns(new ProgressBarColumn { Width = 30 }, new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(live =>
            {
                var task = live.AddTask("the first step", maxValue: 1);
                return train(
                    new Throttled(Refresh, progress =>
                    {
                        task.Value = ((progress.Epoch - 1.0) * progress.Batches + progress.Batch) / ((double)progress.Epochs * progress.Batches);
                        task.Description = Markup.Escape(Text(progress));
                    }),
                    new EpochLines(console, epochs));
            });
    }

    private static string Text(TrainingProgress progress) =>
        $"epoch {progress.Epoch}/{progress.Epochs}  loss {progress.Loss:0.0000}  accuracy {progress.Accuracy:0.0%}  {progress.SamplesPerSecond:N0} samples/s  {Duration(progress.TimeLeft)} left";

    private static string Duration(TimeSpan time) => time.TotalHours >= 1 ? $"{(int)time.TotalHours}:{time:mm\\:ss}" : $"{time:m\\:ss}";

    private sealed class EpochLines(IAnsiConsole console, int epochs) : Callback
    {
        public override void OnEpochEnd(TrainingState state, EpochRecord record) => console.WriteLine(
            $"epoch {record.Epoch}/{epochs}  train loss {record.TrainLoss:0.0000}, accuracy {record.TrainAccuracy:0.0%}  "
            + $"validation loss {record.ValidationLoss:0.0000}, accuracy {record.ValidationAccuracy:0.0%}  {record.Seconds:0.0} s, {record.SamplesPerSecond:N0} samples/s");
    }

    /// <summary>Lets through one report in a span of time: the screen cannot show more, and formatting each would cost.</summary>
    private sealed class Throttled(TimeSpan span, Action<TrainingProgress> show) : IProgress<TrainingProgress>
    {
        private long _last = Stopwatch.GetTimestamp();

        public void Report(TrainingProgress value)
        {
            if (Stopwatch.GetElapsedTime(_last) < span) return;
            _last = Stopwatch.GetTimestamp();
            show(value);
        }
    }
}
