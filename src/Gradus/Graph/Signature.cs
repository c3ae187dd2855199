namespace Gradus.Graph;

/// <summary>What an operation's backward pass looks at besides the output gradients and what was saved.</summary>
[Flags]
public enum Reads
{
    /// <summary>Only saved values and output gradients.</summary>
    None = 0,

    /// <summary>The inputs: they are kept until backward has run.</summary>
    Inputs = 1,

    /// <summary>The outputs: they are kept until backward has run.</summary>
    Outputs = 2,

    /// <summary>The inputs but the first: the weights. The first may be overwritten.</summary>
    Weights = 4,
}

/// <summary>The shape rule's answer: what an operation produces, keeps and needs. It allocates what is declared; the operation never does.</summary>
public sealed class Signature(params Shape[] outputs)
{
    /// <summary>The outputs' shapes.</summary>
    public IReadOnlyList<Shape> Outputs => outputs;

    /// <summary>Values that forward keeps for backward.</summary>
    public IReadOnlyList<Shape> Saved { get; init; } = [];

    /// <summary>True if forward does not need the saved values itself: where no gradient is wanted, they are empty.</summary>
    public bool SavesForBackwardOnly { get; init; }

    /// <summary>Floats that forward needs while it runs.</summary>
    public int Scratch { get; init; }

    /// <summary>Floats that backward needs while it runs.</summary>
    public int BackwardScratch { get; init; }

    /// <summary>What backward reads; what it does not read may be overwritten before.</summary>
    public Reads BackwardReads { get; init; } = Reads.Inputs;

    /// <summary>True if the output is the first input's memory under another shape: nothing is computed or copied.</summary>
    public bool IsView { get; init; }

    /// <summary>False if no gradient flows through (a comparison, a detached value).</summary>
    public bool IsDifferentiable { get; init; } = true;

    internal IEnumerable<Shape> SavedIf(bool wantsGradient) => wantsGradient || !SavesForBackwardOnly ? Saved : Saved.Select(_ => Shape.Of([0]));
}
