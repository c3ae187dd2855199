namespace Gradus.Graph.Planning;

/// <summary>One entry of a plan's program before it becomes instructions. Rewrites replace entries by others.</summary>
internal abstract class PlanEntry;

/// <summary>An operation with the values that it reads and writes.</summary>
internal sealed class PlanNode : PlanEntry
{
    /// <param name="operation">What is computed.</param>
    /// <param name="inputs">What it reads.</param>
    /// <param name="integers">The whole-number inputs.</param>
    /// <param name="wantsGradient">False where gradients are off: then nothing behind the node asks for one.</param>
    /// <param name="outputs">Values to write, of a node that this one replaces; new ones if null.</param>
    public PlanNode(Operation operation, Value[] inputs, IntTensor[] integers, bool wantsGradient, Value[]? outputs = null)
    {
        Operation = operation;
        Inputs = inputs;
        Integers = integers;
        Signature = operation.Infer([.. inputs.Select(input => input.Shape)]);
        WantsGradient = wantsGradient && Signature.IsDifferentiable && inputs.Any(input => input.WantsGradient);
        Outputs = outputs ?? [.. Signature.Outputs.Select(shape => new Value(shape) { ViewOf = Signature.IsView ? inputs[0] : null })];
        foreach (var output in Outputs) output.WantsGradient |= WantsGradient;
        Saved = [.. Signature.SavedIf(WantsGradient).Select(shape => new Value(shape))];
    }

    public Operation Operation { get; }

    public Signature Signature { get; }

    public Value[] Inputs { get; }

    public IntTensor[] Integers { get; }

    public Value[] Outputs { get; }

    public Value[] Saved { get; }

    public bool WantsGradient { get; }

    public Value Output => Outputs[0];
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
