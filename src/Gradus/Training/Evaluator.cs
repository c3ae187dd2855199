using Gradus.Graph;
using Gradus.Metrics;

namespace Gradus.Training;

/// <summary>Measures a model as it is in use.</summary>
/// <param name="model">The model; it is in evaluation mode while it is measured.</param>
/// <param name="loss">The mean over a batch.</param>
/// <param name="explain">What to throw for a batch whose loss is not finite; null: such a loss is a result as any other.</param>
internal sealed class Evaluator(Layer model, Func<Tensor, IntTensor, Tensor> loss, Func<TrainingBatch, Exception>? explain = null)
{
    private readonly InferencePlan _plan = InferencePlan.Capture(model);

    public Evaluation Evaluate(BatchSource source, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(source);
        var layers = Layers.LayerState.All(model).Layers;
        bool[] modes = [.. layers.Select(layer => layer.Training)];
        model.Evaluate();
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
            var output = _plan.Run(batch.Inputs);
            int rows = batch.Labels.Shape[0];
            float mean = loss(output, batch.Labels).Item();
            if (explain is not null && !float.IsFinite(mean)) throw explain(batch);
            sum += (double)mean * rows;
            samples += rows;
            if (TrainingState.HasAccuracy(output, batch.Labels)) accuracy.Add(output, batch.Labels);
        }

        return new Evaluation(sum / samples, accuracy.Count == 0 ? null : accuracy.Value, samples);
    }
}
