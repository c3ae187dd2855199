using Gradus.Graph;
using Gradus.Metrics;

namespace Gradus.Training;

/// <summary>Measures a model as it is in use.</summary>
/// <param name="objective">The figures; its model is in evaluation mode while it is measured.</param>
/// <param name="explain">What to throw for a batch whose loss is not finite; null: such a loss is a result as any other.</param>
public sealed class Evaluator(Objective objective, Func<TrainingBatch, Exception>? explain = null)
{
    private readonly InferencePlan _plan = InferencePlan.Capture(objective.Infer);

    /// <summary>Measures on all batches of a source.</summary>
    /// <param name="source">The batches.</param>
    /// <param name="cancellation">Stops the evaluation.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public Evaluation Evaluate(BatchSource source, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        var layers = Layers.LayerState.All(objective.Model).Layers;
        bool[] modes = [.. layers.Select(layer => layer.Training)];
        objective.Model.Evaluate();
        try
        {
            using (GradientMode.Off()) return Measure(source, cancellation);
        }
        finally
        {
            for (int i = 0; i < modes.Length; i++) layers[i].Training = modes[i]; // one by one: a frozen layer stays frozen
        }
    }

    private Evaluation Measure(BatchSource source, CancellationToken cancellation)
    {
        var accuracy = new Accuracy();
        double sum = 0;
        long samples = 0;
        foreach (var batch in source.Epoch(0))
        {
            cancellation.ThrowIfCancellationRequested();
            var output = _plan.Run(batch.Tensors, batch.Integers);
            float mean = objective.Loss(output, batch).Item();
            if (explain is not null && !float.IsFinite(mean)) throw explain(batch);
            sum += (double)mean * batch.Samples;
            samples += batch.Samples;
            var (correct, count) = objective.Correct(output, batch);
            accuracy.Add(correct, count);
        }

        return new Evaluation(sum / samples, accuracy.Count == 0 ? null : accuracy.Value, samples);
    }
}
