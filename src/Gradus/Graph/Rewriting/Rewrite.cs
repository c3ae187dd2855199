using Gradus.Graph.Planning;

namespace Gradus.Graph.Rewriting;

/// <summary>Changes a program into a faster one that computes the same. Patterns are found by operations and shapes, never by the name of a model.</summary>
internal abstract class Rewrite
{
    /// <summary>The rewrites of a training step, in order.</summary>
    public static IReadOnlyList<Rewrite> Training { get; } = [new FuseLinear(), new BlockedLayout(), new FuseChains()];

    /// <summary>The rewrites of an evaluation without gradients, in order.</summary>
    public static IReadOnlyList<Rewrite> Inference { get; } = [new FuseLinear(), new BlockedLayout(), new FuseChains()];

    public abstract void Apply(Program program);
}
