namespace Gradus.Graph;

/// <summary>One training step of a model, captured once for each input shape and replayed afterwards.</summary>
/// <remarks>A step whose loss is not finite leaves the parameters as they were, so that the cause can be found.</remarks>
public sealed class TrainingStep
{
    private readonly CapturedStep _step;

    private TrainingStep(Layer model, Func<Tensor, IntTensor, Tensor> loss, Optimizer optimizer) => _step = CapturedStep.Of((inputs, labels) =>
    {
        optimizer.ZeroGradient();
        var output = model.Forward(inputs[0]);
        var value = loss(output, labels[0]);
        value.Backward();
        if (!value.HasStorage || float.IsFinite(value.Item())) optimizer.Step();
        return [value, output];
    });

    /// <summary>A step that computes the loss of the model's output, its gradients, and updates the parameters.</summary>
    /// <param name="model">Computes logits from a batch.</param>
    /// <param name="loss">Computes a scalar from logits and labels.</param>
    /// <param name="optimizer">Updates the parameters.</param>
    public static TrainingStep Capture(Layer model, Func<Tensor, IntTensor, Tensor> loss, Optimizer optimizer) => new(model, loss, optimizer);

    /// <summary>Why the step runs eagerly; null while it is replayed.</summary>
    public string? Obstacle => _step.Obstacle;

    /// <summary>The model's output for the last batch, before the update. The next run overwrites it.</summary>
    public Tensor Output { get; private set; } = Tensor.Zeros([0]);

    /// <summary>Trains on one batch.</summary>
    /// <returns>The loss before the update.</returns>
    public float Run(Tensor inputs, IntTensor labels)
    {
        var outputs = _step.Run([inputs], [labels]);
        Output = outputs[1];
        return outputs[0].Item();
    }
}
