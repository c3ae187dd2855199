using Gradus.Graph;
using Gradus.Metrics;

namespace Gradus.Training;

/// <summary>Measures a model as it is in use.</summary>
internal sealed class Evaluator(Layer model, Func<Tensor, IntTensor, Tensor> loss)
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
            sum += (double)loss(output, batch.Labels).Item() * rows;
            samples += rows;
            if (TrainingState.HasAccuracy(output, batch.Labels)) accuracy.Add(output, batch.Labels);
        }

        return new Evaluation(sum / samples, accuracy.Count == 0 ? null : accuracy.Value, samples);
    }
}
