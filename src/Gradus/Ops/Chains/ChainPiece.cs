using Gradus.Graph;

namespace Gradus.Ops.Chains;

/// <summary>A piece of a chain's tensors, as long as what its steps do at a time, and the thread's scratch memory for it.</summary>
internal readonly unsafe struct ChainPiece(Frame frame, int start, int length, float* scratch, int slotLength)
{
    public Frame Frame => frame;

    /// <summary>The first element.</summary>
    public int Start => start;

    /// <summary>The piece of a place; empty for none.</summary>
    public Span<float> At(ChainPlace place) => place.Memory switch
    {
        ChainMemory.Scratch => new Span<float>(scratch + place.Index * slotLength, length),
        ChainMemory.Input => frame.Inputs[place.Index].Span.Slice(start, length),
        ChainMemory.Output => frame.Output.Slice(start, length),
        ChainMemory.OutputGradient => frame.OutputGradients[0]!.Span.Slice(start, length),
        ChainMemory.InputGradient => frame.InputGradient(place.Index).Slice(start, length),
        ChainMemory.Saved => frame.Saved(place.Index).Slice(start, length),
        _ => [],
    };
}
