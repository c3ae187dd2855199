using Gradus.Losses;
using Gradus.Schedules;
using Gradus.Training;

namespace Gradus.Labs;

public sealed partial class LabContext
{
    /// <summary>Trains, shows the loss while it falls, and lives on when it becomes NaN: then it leaves a note of the step, the layer and the reason.</summary>
    /// <param name="objective">What to minimise.</param>
    /// <param name="optimizer">Changes the parameters.</param>
    /// <param name="training">The batches to learn from.</param>
    /// <param name="epochs">Passes over them.</param>
    /// <param name="validation">Batches to measure on after every epoch; null for none.</param>
    /// <param name="schedule">The course of the learning rate; null: constant.</param>
    /// <param name="line">The name of its line in the live chart; null shows none.</param>
    public LabTraining Fit(
        Objective objective, Optimizer optimizer, BatchSource training, int epochs, BatchSource? validation = null, Schedule? schedule = null, Bilingual? line = null)
    {
        ArgumentNullException.ThrowIfNull(training);
        var losses = new LossCurve(this, line, Math.Max(1, (long)epochs * training.Count / LossCurve.Points));
        var trainer = new Trainer(objective, optimizer) { Schedule = schedule, Callbacks = [losses] };
        History history = new();
        string? diverged = null;
        try
        {
            history = trainer.Fit(training, validation, epochs, cancellation: Cancellation).History;
        }
        catch (NonFiniteException failure)
        {
            diverged = failure.Message;
            string name = (line ?? "training").En;
            Note(($"{name}: {failure.Message}", $"{(line ?? "训练").Zh}：{failure.Message}"));
        }

        Cancellation.ThrowIfCancellationRequested(); // a trainer that is stopped returns as one that is done
        return new LabTraining(history, losses.Steps, losses.Losses, diverged);
    }

    /// <summary>Trains a classifier by cross-entropy.</summary>
    /// <inheritdoc cref="Fit(Objective, Optimizer, BatchSource, int, BatchSource?, Schedule?, Bilingual?)"/>
    public LabTraining Fit(
        Layer network, Optimizer optimizer, BatchSource training, int epochs, BatchSource? validation = null, Schedule? schedule = null, Bilingual? line = null) =>
        Fit(Objective.Labels(network, MixedCrossEntropy.Of), optimizer, training, epochs, validation, schedule, line);

    /// <summary>The share of samples that a classifier gets right, as it is in use.</summary>
    public double Accuracy(Layer network, BatchSource source) =>
        new Evaluator(Objective.Labels(network, CrossEntropy.Of)).Evaluate(source, Cancellation).Accuracy ?? double.NaN;

    // The mean loss of some steps in a row: a single batch's jumps about.
    private sealed class LossCurve(LabContext lab, Bilingual? line, long every) : Callback
    {
        public const int Points = 100;

        private static readonly Bilingual Title = ("training loss", "训练损失");
        private double _sum;
        private long _count;

        public List<double> Steps { get; } = [];

        public List<double> Losses { get; } = [];

        public override void OnStepEnd(TrainingState state)
        {
            ArgumentNullException.ThrowIfNull(state);
            _sum += state.BatchLoss;
            if (++_count < every) return;
            Steps.Add(state.Step);
            Losses.Add(_sum / _count);
            if (line is { } name) lab.Point(Title, name, state.Step, Losses[^1]);
            (_sum, _count) = (0, 0);
        }
    }
}
