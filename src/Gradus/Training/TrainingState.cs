using System.Diagnostics;
using Gradus.Metrics;

namespace Gradus.Training;

/// <summary>Where a training stands: what callbacks see, and what a checkpoint keeps beside the tensors.</summary>
public sealed class TrainingState
{
    private long? _started;
    private long _samplesBefore;
    private double _secondsBefore, _stepLossSum;
    private long _stepSamples;

    internal TrainingState(Layer model, Optimizer optimizer, int epochs, int batches) => (Model, Optimizer, Epochs, Batches) = (model, optimizer, epochs, batches);

    /// <summary>The model.</summary>
    public Layer Model { get; }

    /// <summary>Its optimizer.</summary>
    public Optimizer Optimizer { get; }

    /// <summary>The finished epochs.</summary>
    public History History { get; } = new();

    /// <summary>The epoch under way, from 1.</summary>
    public int Epoch { get; internal set; } = 1;

    /// <summary>All epochs.</summary>
    public int Epochs { get; }

    /// <summary>The batches of this epoch that are done.</summary>
    public int Batch { get; internal set; }

    /// <summary>The batches of an epoch.</summary>
    public int Batches { get; }

    /// <summary>All steps taken.</summary>
    public long Step => Optimizer.Steps;

    /// <summary>The mean loss over the samples of the last step, before it.</summary>
    public float BatchLoss => (float)(_stepLossSum / _stepSamples);

    /// <summary>The mean loss of this epoch so far.</summary>
    public double Loss => Samples == 0 ? 0 : LossSum / Samples;

    /// <summary>The accuracy of this epoch so far; null where the objective counts no answers.</summary>
    public double? Accuracy => Correct.Count == 0 ? null : Correct.Value;

    internal StopReason? Stopped { get; set; }

    internal double LossSum { get; set; }

    internal long Samples { get; set; }

    internal Accuracy Correct { get; } = new();

    /// <summary>How long this epoch's training has taken, before a resume included, without validation.</summary>
    internal double Seconds => _secondsBefore + Running;

    private double Running => _started is { } started ? Stopwatch.GetElapsedTime(started).TotalSeconds : 0;

    /// <summary>Ends the training before the next step; the finished part is kept.</summary>
    public void Stop() => Stopped ??= StopReason.EarlyStopped;

    internal void StartClock() => (_started, _samplesBefore) = (Stopwatch.GetTimestamp(), Samples);

    internal void StopClock() => SetClock(Seconds);

    internal void SetClock(double seconds) => (_secondsBefore, _started) = (seconds, null);

    internal void Add(float loss, int samples, (long Correct, long Count) answers)
    {
        Batch++;
        _stepLossSum += (double)loss * samples;
        _stepSamples += samples;
        LossSum += (double)loss * samples;
        Samples += samples;
        Correct.Add(answers.Correct, answers.Count);
    }

    internal void BeginStep() => (_stepLossSum, _stepSamples) = (0, 0);

    internal void BeginEpoch()
    {
        (Batch, LossSum, Samples) = (0, 0, 0);
        Correct.Reset();
        SetClock(0);
    }

    internal TrainingProgress Progress()
    {
        double speed = (Samples - _samplesBefore) / Math.Max(1e-9, Running);
        double samplesLeft = (double)Samples / Batch * ((double)(Epochs - Epoch) * Batches + Batches - Batch);
        var timeLeft = TimeSpan.FromSeconds(Math.Min(1e9, samplesLeft / Math.Max(1e-9, speed)));
        return new TrainingProgress(Epoch, Epochs, Batch, Batches, Step, Loss, Accuracy, Optimizer.Groups[0].LearningRate, speed, timeLeft);
    }
}
