using Gradus.Graph.Rewriting;

namespace Gradus.Graph;

/// <summary>A model's forward pass without gradients, captured once for each combination of input shapes and replayed afterwards.</summary>
/// <remarks>
/// Batch normalisation disappears into the weights before it, and weights are packed once for the kernels that read them. A plan
/// notices optimizer steps and loaded parameters by itself.
/// </remarks>
public sealed class InferencePlan
{
    private readonly Func<Tensor[], IntTensor[], Tensor> _forward;
    private readonly PlanCache _plans;
    private long _version = Parameter.Version;

    private InferencePlan(Func<Tensor[], IntTensor[], Tensor> forward)
    {
        _forward = forward;
        _plans = new PlanCache((inputs, integers) => [Forward(inputs, integers)], Rewrite.Inference);
    }

    /// <summary>Prepares a model for repeated evaluation. Put it in evaluation mode first.</summary>
    public static InferencePlan Capture(Layer model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new InferencePlan((inputs, _) => model.Forward(inputs[0]));
    }

    /// <summary>Prepares a function of several inputs for repeated evaluation. Put the models that it uses in evaluation mode first.</summary>
    /// <param name="forward">Takes the inputs and the whole-number inputs, such as lengths; reads no values.</param>
    /// <example><code>var plan = InferencePlan.Capture((inputs, lengths) => tagger.Forward(inputs[0], lengths[0]));</code></example>
    public static InferencePlan Capture(Func<Tensor[], IntTensor[], Tensor> forward)
    {
        ArgumentNullException.ThrowIfNull(forward);
        return new InferencePlan(forward);
    }

    /// <summary>Why the model runs eagerly; null while it is replayed.</summary>
    public string? Obstacle => _plans.Obstacle;

    /// <summary>Computes the model's output; the next run with inputs of the same shape overwrites it.</summary>
    public Tensor Run(Tensor inputs) => Run([inputs], []);

    /// <summary>Computes the output for several inputs; the next run with inputs of the same shapes overwrites it.</summary>
    public Tensor Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<IntTensor> integers)
    {
        if (_version != Parameter.Version) Refresh();
        if (_plans.Find(inputs, integers) is not { } plan) return Forward(inputs.ToArray(), integers.ToArray());
        plan.Run(inputs, integers);
        return plan.Outputs[0];
    }

    /// <summary>
    /// Prepares anew what depends on parameters: to be called after writing to a parameter's elements, or to running statistics, by hand.
    /// </summary>
    public void Refresh()
    {
        _version = Parameter.Version;
        _plans.Prepare();
    }

    private Tensor Forward(Tensor[] inputs, IntTensor[] integers)
    {
        using (GradientMode.Off()) return _forward(inputs, integers);
    }
}
