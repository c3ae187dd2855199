using Gradus.Graph.Planning;
using Gradus.Ops;

namespace Gradus.Graph.Rewriting;

/// <summary>A linear layer followed by ReLU becomes one operation: the product's result is activated before it is written.</summary>
internal sealed class FuseLinear : PairRewrite<Linear, Relu>
{
    protected override PlanNode? Fuse(PlanNode first, PlanNode second, int place) =>
        ((Linear)first.Operation).HasRelu ? null : Fused(new Linear(relu: true), first.Inputs, first, second);
}
