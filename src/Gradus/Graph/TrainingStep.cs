namespace Gradus.Graph;

/// <summary>One training step of a model, captured once for each input shape and replayed afterwards.</summary>
/// <remarks>A step whose loss is not finite leaves the parameters as they were, so that the cause can be found.</remarks>
public sealed class TrainingStep
{
    private readonly CapturedStep _step;

    private TrainingStep(Func<Tensor[], IntTensor[], (Tensor Loss, Tensor Output)> compute, Optimizer optimizer) => _step = CapturedStep.Of((inputs, integers) =>
    {
        optimizer.ZeroGradient();
        var (loss, output) = compute(inputs, integers);
        loss.Backward();
        if (!loss.HasStorage || float.IsFinite(loss.Item())) optimizer.Step();
        return [loss, output];
    });

    /// <summary>A step that computes the loss of the model's output, its gradients, and updates the parameters.</summary>
    /// <param name="model">Computes logits from a batch.</param>
    /// <param name="loss">Computes a scalar from logits and labels.</param>
    /// <param name="optimizer">Updates the parameters.</param>
    public static TrainingStep Capture(Layer model, Func<Tensor, IntTensor, Tensor> loss, Optimizer optimizer) => Capture(Labelled(model, loss), optimizer);

    /// <summary>A step of any number of inputs that computes a loss, its gradients, and updates the parameters.</summary>
    /// <param name="compute">Computes a scalar and the output to keep, from the inputs and the whole-number inputs (labels, lengths); it reads no values.</param>
    /// <param name="optimizer">Updates the parameters.</param>
    public static TrainingStep Capture(Func<Tensor[], IntTensor[], (Tensor Loss, Tensor Output)> compute, Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(compute);
        ArgumentNullException.ThrowIfNull(optimizer);
        return new TrainingStep(compute, optimizer);
    }

    /// <summary>Why the step runs eagerly; null while it is replayed.</summary>
    public string? Obstacle => _step.Obstacle;

    /// <summary>The model's output for the last batch, before the update. The next run overwrites it.</summary>
    public Tensor Output { get; private set; } = Tensor.Zeros([0]);

    /// <summary>Trains on one batch.</summary>
    /// <returns>The loss before the update.</returns>
    public float Run(Tensor inputs, IntTensor labels) => Run([inputs], [labels]);

    /// <summary>Trains on one batch of several tensors.</summary>
    /// <returns>The loss before the update.</returns>
    public float Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<IntTensor> integers)
    {
        var outputs = _step.Run(inputs, integers);
        Output = outputs[1];
        return outputs[0].Item();
    }

    /// <summary>The common case: a model of one input, a loss of its output and the labels.</summary>
    internal static Func<Tensor[], IntTensor[], (Tensor Loss, Tensor Output)> Labelled(Layer model, Func<Tensor, IntTensor, Tensor> loss)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(loss);
        return (inputs, labels) =>
        {
            var output = model.Forward(inputs[0]);
            return (loss(output, labels[0]), output);
        };
    }
}
