using Gradus.Graph.Rewriting;

namespace Gradus.Graph;

/// <summary>A model's forward pass without gradients, captured once for each input shape and replayed afterwards.</summary>
/// <remarks>
/// Batch normalisation disappears into the weights before it, and weights are packed once for the kernels that read them. A plan
/// notices optimizer steps and loaded parameters by itself.
/// </remarks>
public sealed class InferencePlan
{
    private readonly Layer _model;
    private readonly PlanCache _plans;
    private long _version = Parameter.Version;

    private InferencePlan(Layer model)
    {
        _model = model;
        _plans = new PlanCache((inputs, _) => [Forward(inputs[0])], Rewrite.Inference);
    }

    /// <summary>Prepares a model for repeated evaluation. Put it in evaluation mode first.</summary>
    public static InferencePlan Capture(Layer model) => new(model);

    /// <summary>Why the model runs eagerly; null while it is replayed.</summary>
    public string? Obstacle => _plans.Obstacle;

    /// <summary>Computes the model's output; the next run with inputs of the same shape overwrites it.</summary>
    public Tensor Run(Tensor inputs)
    {
        if (_version != Parameter.Version) Refresh();
        if (_plans.Find([inputs], []) is not { } plan) return Forward(inputs);
        plan.Run([inputs], []);
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

    private Tensor Forward(Tensor inputs)
    {
        using (GradientMode.Off()) return _model.Forward(inputs);
    }
}
