namespace Gradus.Ops.Chains;

/// <summary>The memory that a piece of a chain's values lies in.</summary>
internal enum ChainMemory
{
    /// <summary>Nothing is read or written here.</summary>
    None,

    /// <summary>An input of the chain, of the chain's size.</summary>
    Input,

    /// <summary>The chain's output.</summary>
    Output,

    /// <summary>The gradient with respect to the output.</summary>
    OutputGradient,

    /// <summary>The gradient with respect to an input of the chain's size.</summary>
    InputGradient,

    /// <summary>A value that forward keeps for backward.</summary>
    Saved,

    /// <summary>A slot of the thread's own scratch memory, one piece long.</summary>
    Scratch,
}

/// <summary>Where a value lies.</summary>
internal readonly record struct ChainPlace(ChainMemory Memory, int Index = 0);

/// <summary>What a step of a chain does with a piece.</summary>
internal enum ChainAction
{
    /// <summary>target = the input with this number, repeated.</summary>
    Expand,

    /// <summary>target = operation(a, b).</summary>
    Map,

    /// <summary>target = the operation's derivative with respect to the operand with this number.</summary>
    Derive,

    /// <summary>target += a.</summary>
    Add,

    /// <summary>The gradient of the input with this number, which repeats, += sums over a.</summary>
    Reduce,
}

/// <summary>One thing that a chain does with every piece.</summary>
internal readonly record struct ChainStep(ChainAction Action)
{
    public ChainPlace Target { get; init; }

    public ChainPlace A { get; init; }

    public ChainPlace B { get; init; }

    public ChainPlace Y { get; init; }

    public ChainPlace Gradient { get; init; }

    public ElementwiseOperation? Operation { get; init; }

    /// <summary>The number of an input, or of an operand to derive by.</summary>
    public int Which { get; init; }

    /// <summary>This step with every place replaced.</summary>
    public ChainStep At(Func<ChainPlace, ChainPlace> place) =>
        this with { Target = place(Target), A = place(A), B = place(B), Y = place(Y), Gradient = place(Gradient) };

    public IEnumerable<ChainPlace> Places => [Target, A, B, Y, Gradient];
}
