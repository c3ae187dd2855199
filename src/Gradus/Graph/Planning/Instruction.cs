using Gradus.Kernels;

namespace Gradus.Graph.Planning;

/// <summary>One thing that a plan does at every run.</summary>
internal abstract class Instruction
{
    /// <summary>The values that it reads or writes: alive while it runs.</summary>
    public List<Value> Touches { get; } = [];

    public abstract void Run();
}

/// <summary>Runs an operation forward or backward over a frame that was made with the plan.</summary>
internal sealed class OperationInstruction(Operation operation, Frame frame, bool backward) : Instruction
{
    public Operation Operation => operation;

    public bool IsBackward => backward;

    public override void Run()
    {
        if (backward) operation.Backward(frame);
        else operation.Forward(frame);
    }
}

/// <summary>total += part.</summary>
internal sealed class AddInstruction(Tensor total, Tensor part) : Instruction
{
    public override void Run() => Elementwise.Add(total.Span, part.Span, total.Span);
}

/// <summary>to = from.</summary>
internal sealed class CopyInstruction(Tensor to, Tensor from) : Instruction
{
    public override void Run() => from.Span.CopyTo(to.Span);
}

/// <summary>An optimizer's step, with the gradients that this plan computed.</summary>
internal sealed class StepInstruction(Optimizer optimizer, (Parameter Parameter, Tensor? Gradient)[] gradients, Tensor? loss) : Instruction
{
    public override void Run()
    {
        foreach (var (parameter, gradient) in gradients) parameter.Gradient = gradient;
        if (loss is null || float.IsFinite(loss.Span[0])) optimizer.Step(); // a diverged step must not spoil the parameters: its cause can then be found
    }
}

/// <summary>Continues a gradient that was begun before this run: in an earlier run, by eager code, or not at all.</summary>
internal sealed class AdoptGradientInstruction(Tensor leaf, Tensor memory) : Instruction
{
    public override void Run()
    {
        if (leaf.Gradient is null) memory.Span.Clear();
        else if (!ReferenceEquals(leaf.Gradient, memory)) leaf.Gradient.Span.CopyTo(memory.Span);
    }
}

/// <summary>Shows a leaf's gradient to whoever looks after the run.</summary>
internal sealed class PublishGradientInstruction(Tensor leaf, Tensor memory) : Instruction
{
    public override void Run() => leaf.Gradient = memory;
}
