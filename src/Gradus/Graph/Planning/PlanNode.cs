namespace Gradus.Graph.Planning;

/// <summary>One entry of a plan's program before it becomes instructions. Rewrites replace entries by others.</summary>
internal abstract class PlanEntry;

/// <summary>An operation with the values that it reads and writes.</summary>
internal sealed class PlanNode : PlanEntry
{
    public PlanNode(Operation operation, Value[] inputs, IntTensor[] integers, Value[]? outputs = null)
    {
        Operation = operation;
        Inputs = inputs;
        Integers = integers;
        Signature = operation.Infer([.. inputs.Select(input => input.Shape)]);
        WantsGradient = Signature.IsDifferentiable && inputs.Any(input => input.WantsGradient);
        Outputs = outputs ?? [.. Signature.Outputs.Select(shape => new Value(shape) { ViewOf = Signature.IsView ? inputs[0] : null })];
        foreach (var output in Outputs) output.WantsGradient |= WantsGradient;
        Saved = Save();
    }

    public Operation Operation { get; }

    public Signature Signature { get; }

    public Value[] Inputs { get; }

    public IntTensor[] Integers { get; }

    public Value[] Outputs { get; }

    public Value[] Saved { get; private set; }

    public bool WantsGradient { get; private set; }

    public Value Output => Outputs[0];

    /// <summary>Gradients were off for this node: nothing behind it asks for one.</summary>
    public void StopGradient()
    {
        WantsGradient = false;
        foreach (var output in Outputs) output.WantsGradient = false;
        Saved = Save();
    }

    private Value[] Save() => [.. Signature.SavedIf(WantsGradient).Select(shape => new Value(shape))];
}

/// <summary>The gradients of a scalar are computed here.</summary>
internal sealed class BackwardEntry(Value loss) : PlanEntry
{
    public Value Loss => loss;
}

/// <summary>An optimizer takes its step here.</summary>
internal sealed class StepEntry(Optimizer optimizer) : PlanEntry
{
    public Optimizer Optimizer => optimizer;
}

/// <summary>An optimizer's gradients are forgotten here.</summary>
internal sealed class ZeroGradientEntry(Optimizer optimizer) : PlanEntry
{
    public Optimizer Optimizer => optimizer;
}
