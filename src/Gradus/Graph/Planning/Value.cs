namespace Gradus.Graph.Planning;

/// <summary>A tensor of a plan: it has a shape now and gets its memory when the plan is laid out.</summary>
internal sealed class Value(Shape shape)
{
    public Shape Shape { get; } = shape;

    /// <summary>What the plan's instructions see; pointed to its memory by the memory plan.</summary>
    public Tensor Tensor { get; private init; } = new(shape, array: null, 0);

    /// <summary>The value whose memory this one shares under another shape.</summary>
    public Value? ViewOf { get; init; }

    /// <summary>True if the memory is not the arena's: parameters, constants, inputs, outputs and gradients of leaves.</summary>
    public bool IsExternal { get; set; }

    /// <summary>True if the values are the same in every run of an inference plan.</summary>
    public bool IsConstant { get; set; }

    /// <summary>The traced leaf that this value stands for, if it is one.</summary>
    public Tensor? Leaf { get; init; }

    /// <summary>True if a gradient with respect to this value is needed.</summary>
    public bool WantsGradient { get; set; }

    public Value Root => ViewOf?.Root ?? this;

    /// <summary>A parameter or constant: the tensor itself.</summary>
    public static Value Of(Tensor leaf) => new(leaf.Shape) { Tensor = leaf, Leaf = leaf, IsExternal = true, IsConstant = true, WantsGradient = leaf.RequiresGradient };

    /// <summary>An input of the step: pointed to the caller's memory at every run.</summary>
    public static Value Input(Shape shape) => new(shape) { IsExternal = true };
}
