namespace Gradus.Graph;

/// <summary>One operation that was applied: what it read and what it produced.</summary>
internal sealed class Node
{
    private static long _next;

    public Node(Operation operation, Signature signature, Tensor[] inputs, IntTensor[] integers)
    {
        Operation = operation;
        Signature = signature;
        Number = Interlocked.Increment(ref _next);
        Frame = new Frame { Inputs = inputs, IntegerInputs = integers };
        Outputs = new Tensor[signature.Outputs.Count];
        Frame.Outputs = Outputs;
        WantsGradient = signature.IsDifferentiable && GradientMode.IsOn && System.Array.Exists(inputs, input => input.DependsOnParameters);
    }

    public Operation Operation { get; }

    public Signature Signature { get; }

    /// <summary>Later nodes have greater numbers, so descending numbers are a valid backward order.</summary>
    public long Number { get; }

    public Frame Frame { get; }

    public Tensor[] Inputs => Frame.Inputs;

    public Tensor[] Outputs { get; }

    public bool WantsGradient { get; }

    /// <summary>Creates outputs that have a shape and no values.</summary>
    public void PrepareSymbolically()
    {
        for (int i = 0; i < Outputs.Length; i++) Outputs[i] = Own(new Tensor(Signature.Outputs[i], array: null, 0));
    }

    /// <summary>Allocates what the signature declares.</summary>
    public void Allocate()
    {
        for (int i = 0; i < Outputs.Length; i++)
        {
            Outputs[i] = Own(Signature.IsView
                ? new Tensor(Signature.Outputs[i], Inputs[0].Array, Inputs[0].Offset)
                : Tensor.Uninitialized(Signature.Outputs[i]));
        }

        Frame.SavedValues = [.. Signature.SavedIf(WantsGradient).Select(Tensor.Uninitialized)];
        Frame.ScratchMemory = Scratch(Signature.Scratch);
    }

    public static Tensor? Scratch(int length) => length == 0 ? null : Tensor.Uninitialized([length]);

    private Tensor Own(Tensor output)
    {
        if (WantsGradient) output.Producer = this;
        return output;
    }
}
