using Gradus.Graph.Planning;
using Gradus.Ops;

namespace Gradus.Graph.Rewriting;

/// <summary>A residual that is added to a blocked batch normalisation is added while the result is in registers.</summary>
internal sealed class FuseNormalizationAdd : PairRewrite<BlockedBatchNormalization, Add>
{
    protected override PlanNode? Fuse(PlanNode first, PlanNode second, int place)
    {
        var normalization = (BlockedBatchNormalization)first.Operation;
        if (normalization.HasResidual || normalization.HasRelu || second.Inputs[0].Shape != second.Inputs[1].Shape) return null;
        return Fused(new BlockedBatchNormalization(normalization.Plain, residual: true), [.. first.Inputs, second.Inputs[1 - place]], first, second);
    }
}

/// <summary>ReLU behind a blocked batch normalisation, with its residual if it has one.</summary>
internal sealed class FuseNormalizationRelu : PairRewrite<BlockedBatchNormalization, Relu>
{
    protected override PlanNode? Fuse(PlanNode first, PlanNode second, int place)
    {
        var normalization = (BlockedBatchNormalization)first.Operation;
        return normalization.HasRelu ? null : Fused(new BlockedBatchNormalization(normalization.Plain, normalization.HasResidual, relu: true), first.Inputs, first, second);
    }
}
