using Gradus.Graph.Planning;

namespace Gradus.Graph.Rewriting;

/// <summary>Changes a program into a faster one that computes the same. Patterns are found by operations and shapes, never by the name of a model.</summary>
internal abstract class Rewrite
{
    /// <summary>The rewrites of a training step, in order.</summary>
    public static IReadOnlyList<Rewrite> Training { get; } =
        [new SliceFirst(), new FuseLinear(), new BlockedLayout(), new FuseConvolution(), new FuseNormalizationAdd(), new FuseNormalizationRelu(), new FuseChains()];

    /// <summary>The rewrites of an evaluation without gradients, in order.</summary>
    public static IReadOnlyList<Rewrite> Inference { get; } =
    [
        new SliceFirst(), new FoldNormalization(), new FuseLinear(), new BlockedLayout(), new FuseConvolution(), new FuseNormalizationAdd(), new FuseNormalizationRelu(),
        new PackConvolutions(), new FusePackedAdd(), new FusePackedRelu(), new FuseChains(), new FoldConstants(),
    ];

    public abstract void Apply(Program program);
}
