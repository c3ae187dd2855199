using Gradus.Graph.Rewriting;

namespace Gradus.Graph;

/// <summary>A model's forward pass without gradients, captured once for each input shape and replayed afterwards.</summary>
public sealed class InferencePlan
{
    private readonly Layer _model;
    private readonly PlanCache _plans;

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
        if (_plans.Find([inputs], []) is not { } plan) return Forward(inputs);
        plan.Run([inputs], []);
        return plan.Outputs[0];
    }

    /// <summary>Forgets what was prepared from the parameters: call it after they have changed.</summary>
    public void Refresh() => _plans.Clear();

    private Tensor Forward(Tensor inputs)
    {
        using (GradientMode.Off()) return _model.Forward(inputs);
    }
}
