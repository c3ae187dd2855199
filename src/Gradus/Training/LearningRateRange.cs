using Gradus.Graph;

namespace Gradus.Training;

/// <summary>One step of a range test.</summary>
/// <param name="LearningRate">The step's learning rate.</param>
/// <param name="Loss">The batch's loss before the step.</param>
/// <param name="SmoothedLoss">The exponential moving average of the losses so far, without the bias of its beginning.</param>
public sealed record LearningRatePoint(double LearningRate, double Loss, double SmoothedLoss);

/// <summary>A learning rate range test: a short training in which the rate rises by the same factor at every step, until the loss explodes.</summary>
/// <remarks>Smith 2017, https://arxiv.org/abs/1506.01186, section 3.3, with a geometric rise and a smoothed loss.</remarks>
/// <param name="Points">The steps, from the smallest rate on.</param>
public sealed record LearningRateRange(IReadOnlyList<LearningRatePoint> Points)
{
    private const double Smoothing = 0.9; // reaches over about ten batches
    private const int Settling = 10; // before, the average is of fewer and may be low by luck
    private const double Explosion = 4; // times the lowest smoothed loss: the rates beyond are of no interest

    /// <summary>
    /// A good rate: a tenth of the one where the smoothed loss was lowest, where the loss falls fast and is still far from exploding. Null
    /// if the loss never fell, or after fewer than a dozen steps.
    /// </summary>
    public double? Suggestion => Points.Skip(Settling).MinBy(point => point.SmoothedLoss) is { } lowest && lowest.SmoothedLoss < Points[Settling].SmoothedLoss
        ? lowest.LearningRate / 10
        : null;

    /// <summary>Runs the test; model, optimizer and learning rates are afterwards as they were.</summary>
    /// <param name="model">The model, as it is to be trained.</param>
    /// <param name="loss">Computes a scalar, the mean over the batch, from outputs and labels.</param>
    /// <param name="optimizer">Changes the parameters; the groups' rates keep their proportions to the first one's.</param>
    /// <param name="training">The batches; as many epochs as are needed.</param>
    /// <param name="low">The first rate, above 0.</param>
    /// <param name="high">The last rate, above <paramref name="low"/>.</param>
    /// <param name="steps">How many steps there are between the two at most, at least 2.</param>
    /// <param name="cancellation">Stops the test.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public static LearningRateRange Test(
        Layer model, Func<Tensor, IntTensor, Tensor> loss, Optimizer optimizer, BatchSource training,
        double low = 1e-6, double high = 10, int steps = 100, CancellationToken cancellation = default) =>
        Test(Objective.Labels(model, loss), optimizer, training, low, high, steps, cancellation);

    /// <summary>Runs the test for any objective; its model, the optimizer and the learning rates are afterwards as they were.</summary>
    /// <param name="objective">What the training is to minimise.</param>
    /// <param name="optimizer">Changes the parameters; the groups' rates keep their proportions to the first one's.</param>
    /// <param name="training">The batches; as many epochs as are needed.</param>
    /// <param name="low">The first rate, above 0.</param>
    /// <param name="high">The last rate, above <paramref name="low"/>.</param>
    /// <param name="steps">How many steps there are between the two at most, at least 2.</param>
    /// <param name="cancellation">Stops the test.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public static LearningRateRange Test(
        Objective objective, Optimizer optimizer, BatchSource training,
        double low = 1e-6, double high = 10, int steps = 100, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(objective);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 2);
        if (!(low > 0 && high > low && double.IsFinite(high))) throw new ArgumentException($"rates rise from above 0 to a larger one; got {low} to {high}", nameof(low));
        var before = new Snapshot(objective.Model, optimizer);
        try
        {
            objective.Model.Train();
            return new LearningRateRange(Rise(TrainingStep.Capture(objective.Compute, optimizer), optimizer, training, low, high, steps, cancellation));
        }
        finally
        {
            before.Restore();
        }
    }

    private static List<LearningRatePoint> Rise(
        TrainingStep step, Optimizer optimizer, BatchSource training, double low, double high, int steps, CancellationToken cancellation)
    {
        float[] shares = [.. optimizer.Groups.Select(group => group.LearningRate / optimizer.Groups[0].LearningRate)];
        var points = new List<LearningRatePoint>(steps);
        double average = 0, lowest = double.PositiveInfinity;
        foreach (var batch in Endless(training))
        {
            cancellation.ThrowIfCancellationRequested();
            double rate = low * Math.Pow(high / low, points.Count / (steps - 1.0));
            for (int i = 0; i < shares.Length; i++) optimizer.Groups[i].LearningRate = (float)(rate * shares[i]);
            float value = step.Run(batch.Tensors, batch.Integers);
            if (!float.IsFinite(value)) break;
            average = Smoothing * average + (1 - Smoothing) * value;
            double smoothed = average / (1 - Math.Pow(Smoothing, points.Count + 1));
            points.Add(new LearningRatePoint(rate, value, smoothed));
            lowest = Math.Min(lowest, smoothed);
            if (points.Count == steps || smoothed > Explosion * lowest) break;
        }

        return points;
    }

    private static IEnumerable<TrainingBatch> Endless(BatchSource training)
    {
        for (long epoch = 0; ; epoch++)
        {
            foreach (var batch in training.Epoch(epoch)) yield return batch;
        }
    }

    /// <summary>Everything that a training changes.</summary>
    private sealed class Snapshot
    {
        private readonly (Tensor Tensor, float[] Copy)[] _tensors;
        private readonly (Layer Layer, bool Training)[] _modes;
        private readonly (RandomSource Source, ulong Position)[] _positions;
        private readonly float[] _rates;
        private readonly long _steps;
        private readonly Optimizer _optimizer;

        public Snapshot(Layer model, Optimizer optimizer)
        {
            _optimizer = optimizer;
            var states = optimizer.Groups.SelectMany(group => group.Parameters).SelectMany(optimizer.StateOf);
            _tensors = [.. model.State().Select(named => named.Tensor).Concat(states).Select(tensor => (tensor, tensor.ToArray()))];
            _modes = [.. Layers.LayerState.All(model).Layers.Select(layer => (layer, layer.Training))];
            _positions = [.. model.RandomSources().Select(source => (source, source.Position))];
            _rates = [.. optimizer.Groups.Select(group => group.LearningRate)];
            _steps = optimizer.Steps;
        }

        public void Restore()
        {
            foreach (var (tensor, copy) in _tensors) copy.CopyTo(tensor.Span);
            foreach (var (layer, training) in _modes) layer.Training = training;
            foreach (var (source, position) in _positions) source.Position = position;
            for (int i = 0; i < _rates.Length; i++) _optimizer.Groups[i].LearningRate = _rates[i];
            _optimizer.Steps = _steps;
            _optimizer.ZeroGradient();
            Parameter.NoteChange();
        }
    }
}
