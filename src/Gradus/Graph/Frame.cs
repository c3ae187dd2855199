using System.Runtime.CompilerServices;

namespace Gradus.Graph;

/// <summary>The memory that one run of an operation reads and writes. Spans stay valid while the operation runs.</summary>
public sealed class Frame
{
    internal Tensor[] Inputs = [], Outputs = [], SavedValues = [];
    internal IntTensor[] IntegerInputs = [];
    internal Tensor? ScratchMemory, BackwardScratchMemory;
    internal Tensor?[] OutputGradients = [], InputGradients = [];

    /// <summary>The elements of an input.</summary>
    public ReadOnlySpan<float> Input(int index) => Inputs[index].Span;

    /// <summary>An input that forward also changes: running statistics.</summary>
    public Span<float> State(int index) => Inputs[index].Span;

    /// <summary>The shape of an input.</summary>
    public Shape InputShape(int index) => Inputs[index].Shape;

    /// <summary>How many inputs there are.</summary>
    public int InputCount => Inputs.Length;

    /// <summary>The elements of a whole-number input; empty if there is none at this place.</summary>
    public ReadOnlySpan<int> Integers(int index) => index < IntegerInputs.Length ? IntegerInputs[index].Span : [];

    /// <summary>The first output's elements.</summary>
    public Span<float> Output => Outputs[0].Span;

    /// <summary>The first output's shape.</summary>
    public Shape OutputShape => Outputs[0].Shape;

    /// <summary>The elements of any output.</summary>
    public Span<float> OutputAt(int index) => Outputs[index].Span;

    /// <summary>What forward keeps for backward.</summary>
    public Span<float> Saved(int index) => SavedValues[index].Span;

    /// <summary>Forward's working memory, of arbitrary content.</summary>
    public Span<float> Scratch => ScratchMemory is null ? [] : ScratchMemory.Span;

    /// <summary>Backward's working memory, of arbitrary content.</summary>
    public Span<float> BackwardScratch => BackwardScratchMemory is null ? [] : BackwardScratchMemory.Span;

    /// <summary>The gradient with respect to the first output.</summary>
    public ReadOnlySpan<float> OutputGradient => OutputGradients[0]!.Span;

    /// <summary>The gradient with respect to an output; empty if nothing depends on it.</summary>
    public ReadOnlySpan<float> OutputGradientAt(int index) => OutputGradients[index] is { } gradient ? gradient.Span : [];

    /// <summary>True if backward is to write the gradient with respect to this input.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Wants(int index) => InputGradients[index] is not null;

    /// <summary>Where backward writes the gradient with respect to an input; empty if nobody wants it.</summary>
    public Span<float> InputGradient(int index) => InputGradients[index] is { } gradient ? gradient.Span : [];
}
