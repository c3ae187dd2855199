using Gradus.Ops;

namespace Gradus.Graph;

/// <summary>
/// Training steps over batches that need not fit into memory at once: the gradients of several micro-batches are added up, and one step is
/// taken with the mean over all their samples. Captured and replayed as <see cref="TrainingStep"/>.
/// </summary>
/// <remarks>
/// The step is that of one large batch, to rounding, also where micro-batches differ in size. What sees a whole batch, such as batch
/// normalisation, sees a micro-batch here.
/// </remarks>
public sealed class AccumulatedStep
{
    private readonly CapturedStep _gradients;
    private readonly Optimizer _optimizer;
    private long _samples;

    private AccumulatedStep(Func<Tensor[], IntTensor[], (Tensor Loss, Tensor Output)> compute, Optimizer optimizer)
    {
        _optimizer = optimizer;
        _gradients = CapturedStep.Of((inputs, integers) =>
        {
            var (loss, output) = compute(inputs, integers);
            (loss * Samples(inputs, integers)).Backward(); // of the sum over the samples, so that micro-batches weigh by their size
            return [loss, output];
        });
    }

    /// <summary>A step that adds up gradients of the loss of the model's output.</summary>
    /// <param name="model">Computes logits from a batch.</param>
    /// <param name="loss">Computes a scalar, the mean over the batch, from logits and labels.</param>
    /// <param name="optimizer">Updates the parameters.</param>
    public static AccumulatedStep Capture(Layer model, Func<Tensor, IntTensor, Tensor> loss, Optimizer optimizer) =>
        Capture(TrainingStep.Labelled(model, loss), optimizer);

    /// <summary>A step of any number of inputs that adds up gradients of a loss.</summary>
    /// <param name="compute">
    /// Computes a scalar, the mean over the batch, and the output to keep, from the inputs and the whole-number inputs (labels, lengths); it reads no
    /// values. The samples are along the first input's first axis.
    /// </param>
    /// <param name="optimizer">Updates the parameters.</param>
    public static AccumulatedStep Capture(Func<Tensor[], IntTensor[], (Tensor Loss, Tensor Output)> compute, Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(compute);
        ArgumentNullException.ThrowIfNull(optimizer);
        return new AccumulatedStep(compute, optimizer);
    }

    /// <summary>Why the gradients are computed eagerly; null while they are replayed.</summary>
    public string? Obstacle => _gradients.Obstacle;

    /// <summary>The model's output for the last micro-batch. The next one overwrites it.</summary>
    public Tensor Output { get; private set; } = Tensor.Zeros([0]);

    /// <summary>Adds the gradients of one micro-batch; the parameters stay as they are.</summary>
    /// <returns>The micro-batch's loss.</returns>
    public float Add(Tensor inputs, IntTensor labels) => Add([inputs], [labels]);

    /// <summary>Adds the gradients of one micro-batch of several tensors; the parameters stay as they are.</summary>
    /// <returns>The micro-batch's loss.</returns>
    public float Add(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<IntTensor> integers)
    {
        if (_samples == 0) _optimizer.ZeroGradient();
        var outputs = _gradients.Run(inputs, integers);
        _samples += Samples(inputs, integers);
        Output = outputs[1];
        return outputs[0].Item();
    }

    /// <summary>Updates the parameters by the mean gradient of what was added since the last step.</summary>
    /// <exception cref="InvalidOperationException">Nothing was added.</exception>
    public void Step()
    {
        if (_samples == 0) throw new InvalidOperationException("a step needs at least one micro-batch: call Add first");
        _optimizer.GradientScale = 1f / _samples;
        _optimizer.Step();
        _optimizer.GradientScale = 1;
        _samples = 0;
    }

    /// <summary>Forgets what was added since the last step.</summary>
    public void Discard() => _samples = 0;

    private static int Samples(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<IntTensor> integers)
    {
        var first = inputs.Length > 0 ? inputs[0].Shape : integers[0].Shape;
        return first.Rank == 0 ? 1 : first[0];
    }
}
