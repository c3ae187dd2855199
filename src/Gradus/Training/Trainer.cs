using Gradus.Graph;
using Gradus.Schedules;

namespace Gradus.Training;

/// <summary>Trains a model: epochs, validation, schedule, callbacks, checkpoints that continue bit for bit.</summary>
/// <example><code>
/// var trainer = new Trainer(model, CrossEntropy.Of, new Adam(model.Parameters)) { CheckpointPath = "run/checkpoint.safetensors" };
/// var result = trainer.Fit(training, validation, epochs: 5);
/// </code></example>
/// <param name="objective">What the training minimises, and the model that it trains.</param>
/// <param name="optimizer">Changes the parameters.</param>
public sealed class Trainer(Objective objective, Optimizer optimizer)
{
    private readonly Layer _model = objective.Model;
    private readonly TrainingStep _step = TrainingStep.Capture(objective.Compute, optimizer);
    private readonly AccumulatedStep _accumulated = AccumulatedStep.Capture(objective.Compute, optimizer);
    private readonly Evaluator _evaluator = new(objective);
    private AttachedSchedule? _schedule;

    /// <summary>A trainer of a model with labels, <see cref="Objective.Labels"/>.</summary>
    /// <param name="model">Computes outputs from a batch.</param>
    /// <param name="loss">Computes a scalar, the mean over the batch, from outputs and labels.</param>
    /// <param name="optimizer">Changes the parameters.</param>
    public Trainer(Layer model, Func<Tensor, IntTensor, Tensor> loss, Optimizer optimizer) : this(Objective.Labels(model, loss), optimizer) { }

    /// <summary>The course of the learning rate; constant if not given.</summary>
    public Schedule? Schedule { get; init; }

    /// <summary>How many batches, one after the other, make one step with their mean gradient, so that each may be a part of a larger one; an epoch's last step may have fewer.</summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>What else to do, in this order.</summary>
    public IReadOnlyList<Callback> Callbacks { get; init; } = [];

    /// <summary>Where checkpoints are written, after every epoch and when the training is stopped; none if not given.</summary>
    public string? CheckpointPath { get; init; }

    /// <summary>A checkpoint after every so many steps as well; 0 for none.</summary>
    public int CheckpointEvery { get; init; }

    /// <summary>Sources of random numbers outside the model that a checkpoint keeps, such as an augmentation's.</summary>
    public IReadOnlyList<RandomSource> RandomSources { get; init; } = [];

    /// <summary>Hears of every step.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>Trains until all epochs are done, a callback stops it, or the caller cancels it: then the step under way is finished and a checkpoint written.</summary>
    /// <param name="training">The batches to learn from.</param>
    /// <param name="validation">Batches to measure on after every epoch; null for none.</param>
    /// <param name="epochs">The number of epochs in all, those before a resume included; at least 1.</param>
    /// <param name="resume">Goes on from <see cref="CheckpointPath"/> if there is a checkpoint; begins afresh if there is none.</param>
    /// <param name="cancellation">Stops the training.</param>
    /// <exception cref="NonFiniteException">The loss, in training or in validation, or a parameter became NaN or infinite.</exception>
    /// <exception cref="InvalidDataException">The checkpoint is damaged, or was written with other settings.</exception>
    /// <exception cref="IOException">A checkpoint cannot be written; the one before is still whole.</exception>
    public TrainingResult Fit(BatchSource training, BatchSource? validation = null, int epochs = 1, bool resume = false, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 1);
        if (Accumulate < 1) throw new InvalidOperationException($"{nameof(Accumulate)} is at least 1; got {Accumulate}");
        if (training.Count < 1) throw new ArgumentException("the training has no batches", nameof(training));
        if (resume && CheckpointPath is null) throw new InvalidOperationException($"resuming needs a {nameof(CheckpointPath)}");
        _schedule ??= Schedule?.Attach(optimizer);
        var state = new TrainingState(_model, optimizer, epochs, training.Count);
        var randomSources = _model.RandomSources().Concat(RandomSources).Distinct().ToArray();
        var checkpoint = new Checkpoint(state, _schedule, randomSources, Callbacks, Accumulate);
        if (resume && File.Exists(CheckpointPath)) checkpoint.Read(CheckpointPath);
        _accumulated.Discard(); // an earlier call may have failed in the middle of a step
        _model.Train();
        foreach (var callback in Callbacks) callback.OnTrainingBegin(state);
        while (state.Stopped is null && state.Epoch <= epochs)
        {
            RunEpoch(state, training, checkpoint, randomSources, cancellation);
            state.StopClock();
            if (state.Stopped is null || state.Batch == state.Batches) FinishEpoch(state, validation, cancellation);
            Save(state, checkpoint);
        }

        foreach (var callback in Callbacks) callback.OnTrainingEnd(state);
        return new TrainingResult(state.Stopped ?? StopReason.Completed, state.History, state.Step);
    }

    /// <summary>Measures the model as it is in use, without training it.</summary>
    /// <param name="source">The batches to measure on.</param>
    /// <param name="cancellation">Stops the evaluation.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public Evaluation Evaluate(BatchSource source, CancellationToken cancellation = default) => _evaluator.Evaluate(source, cancellation);

    private void RunEpoch(TrainingState state, BatchSource training, Checkpoint checkpoint, RandomSource[] randomSources, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested) state.Stopped = StopReason.Cancelled;
        if (state.Stopped is not null) return;
        if (state.Batch == 0)
        {
            foreach (var callback in Callbacks) callback.OnEpochBegin(state);
        }

        state.StartClock();
        var undo = new StepUndo(_model, randomSources);
        foreach (var batch in training.Epoch(state.Epoch - 1, state.Batch))
        {
            if (state.Batch % Accumulate == 0) // a step that was begun is finished: checkpoints keep no gradients
            {
                if (cancellation.IsCancellationRequested) state.Stopped = StopReason.Cancelled;
                if (state.Stopped is not null) return;
                state.BeginStep();
                _schedule?.Apply();
            }

            undo.Remember();
            float value = Accumulate == 1 ? _step.Run(batch.Tensors, batch.Integers) : _accumulated.Add(batch.Tensors, batch.Integers);
            if (!float.IsFinite(value)) throw Explain(state, batch, undo);
            state.Add(value, batch.Samples, objective.Correct(Accumulate == 1 ? _step.Output : _accumulated.Output, batch));
            if (state.Batch % Accumulate != 0 && state.Batch != state.Batches) continue;
            if (Accumulate > 1) _accumulated.Step();
            for (int i = 0; i < Callbacks.Count; i++) Callbacks[i].OnStepEnd(state);
            Progress?.Report(state.Progress());
            if (CheckpointEvery > 0 && state.Step % CheckpointEvery == 0) Save(state, checkpoint);
        }
    }

    private NonFiniteException Explain(TrainingState state, TrainingBatch batch, StepUndo undo)
    {
        undo.Restore(); // so that the same masks are drawn
        var failure = new NonFiniteSearch(objective, state.Step + 1, state.Epoch).Explain(batch);
        undo.Restore();
        return failure;
    }

    private NonFiniteException ExplainValidation(TrainingState state, TrainingBatch batch) =>
        new NonFiniteSearch(objective, state.Step, state.Epoch).Explain(batch);

    private void FinishEpoch(TrainingState state, BatchSource? validation, CancellationToken cancellation)
    {
        foreach (var callback in Callbacks) callback.OnEvaluationBegin(state);
        try
        {
            var evaluation = validation is null ? null : new Evaluator(objective, batch => ExplainValidation(state, batch)).Evaluate(validation, cancellation);
            var record = new EpochRecord(
                state.Epoch, state.Loss, state.Accuracy, evaluation?.Loss, evaluation?.Accuracy,
                optimizer.Groups[0].LearningRate, state.Seconds, state.Samples / Math.Max(1e-9, state.Seconds));
            state.History.Add(record);
            Schedule?.Observe(record.DecisiveLoss);
            foreach (var callback in Callbacks) callback.OnEpochEnd(state, record);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested && state.History.Epochs.Count < state.Epoch)
        {
            state.Stopped = StopReason.Cancelled; // at the end of the epoch's batches: a resumed training begins with the validation
            return;
        }
        finally
        {
            foreach (var callback in Callbacks) callback.OnEvaluationEnd(state);
        }

        state.Epoch++;
        state.BeginEpoch();
    }

    // A checkpoint with NaN would take the place of one from which the training can be mended.
    private void Save(TrainingState state, Checkpoint checkpoint)
    {
        if (new NonFiniteSearch(objective, state.Step + 1, state.Epoch).FindParameter() is { } failure) throw failure;
        if (CheckpointPath is not null) checkpoint.Write(CheckpointPath);
    }
}
