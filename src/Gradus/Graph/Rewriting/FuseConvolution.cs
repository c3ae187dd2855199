using Gradus.Graph.Planning;
using Gradus.Ops;

namespace Gradus.Graph.Rewriting;

/// <summary>A blocked convolution followed by ReLU becomes one operation: the tile is rectified while it is in registers.</summary>
internal sealed class FuseConvolution : PairRewrite<BlockedConvolution, Relu>
{
    protected override PlanNode? Fuse(PlanNode first, PlanNode second, int place)
    {
        var convolution = (BlockedConvolution)first.Operation;
        return convolution.HasRelu ? null : Fused(new BlockedConvolution(convolution.Sliding, relu: true), first.Inputs, first, second);
    }
}
