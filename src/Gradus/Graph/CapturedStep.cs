using Gradus.Graph.Rewriting;

namespace Gradus.Graph;

/// <summary>
/// A function of tensors that is recorded once for each combination of input shapes and replayed afterwards: no graph is
/// built, nothing is dispatched, nothing is allocated.
/// </summary>
/// <remarks>
/// The function may compute, call <see cref="Tensor.Backward"/>, and step any number of optimizers (a GAN has two). It must
/// not read values: then it cannot be captured, runs eagerly as written, and <see cref="Obstacle"/> says why.
/// </remarks>
public sealed class CapturedStep
{
    private readonly Func<Tensor[], IntTensor[], Tensor[]> _step;
    private readonly PlanCache _plans;

    private CapturedStep(Func<Tensor[], IntTensor[], Tensor[]> step)
    {
        _step = step;
        _plans = new PlanCache(step, Rewrite.Training);
    }

    /// <summary>Why the step runs eagerly; null while it is replayed.</summary>
    public string? Obstacle => _plans.Obstacle;

    /// <summary>Prepares a step for capture.</summary>
    /// <param name="step">Takes the inputs and the whole-number inputs (labels, lengths); returns the outputs to keep, such as the loss.</param>
    public static CapturedStep Of(Func<Tensor[], IntTensor[], Tensor[]> step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return new CapturedStep(step);
    }

    /// <summary>Runs the step. The outputs are overwritten by the next run with inputs of the same shapes.</summary>
    public IReadOnlyList<Tensor> Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<IntTensor> integers)
    {
        if (_plans.Find(inputs, integers) is not { } plan) return _step(inputs.ToArray(), integers.ToArray());
        plan.Run(inputs, integers);
        return plan.Outputs;
    }
}
