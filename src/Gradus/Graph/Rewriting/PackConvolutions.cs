using Gradus.Graph.Planning;
using Gradus.Ops;

namespace Gradus.Graph.Rewriting;

/// <summary>Where no gradients are computed, a convolution's weights are packed by an operation of their own, which is then done once.</summary>
internal sealed class PackConvolutions : Rewrite
{
    public override void Apply(Program program)
    {
        var entries = new List<PlanEntry>();
        foreach (var entry in program.Entries)
        {
            if (entry is not PlanNode { WantsGradient: false, Operation: BlockedConvolution or BlockedConvolutionPool } node)
            {
                entries.Add(entry);
                continue;
            }

            var (x, weight) = (node.Inputs[0], node.Inputs[1]);
            bool biased = node.Inputs.Length > 2;
            var (sliding, epilogue) = node.Operation is BlockedConvolution unpooled
                ? (unpooled.Sliding, new ConvolutionEpilogue(biased, Relu: unpooled.HasRelu))
                : (((BlockedConvolutionPool)node.Operation).Sliding, new ConvolutionEpilogue(biased, Relu: true, Pool: true));
            bool winograd = PackedConvolution.IsWinograd(sliding.Geometry(x.Shape, weight.Shape), epilogue.Pool);
            var packed = new PlanNode(new PackWeights(plain: x.Shape.Rank == 4, winograd), [weight], [], wantsGradient: false);
            var convolution = new PackedConvolution(sliding, weight.Shape, epilogue);
            entries.Add(packed);
            entries.Add(new PlanNode(convolution, [x, packed.Output, .. node.Inputs[2..]], [], wantsGradient: false, node.Outputs));
        }

        program.Replace(entries);
    }
}

/// <summary>A residual that is added to a packed convolution is added before the result leaves the cache.</summary>
internal sealed class FusePackedAdd : PairRewrite<PackedConvolution, Add>
{
    protected override PlanNode? Fuse(PlanNode first, PlanNode second, int place)
    {
        var convolution = (PackedConvolution)first.Operation;
        if (convolution.Epilogue is not { Residual: false, Relu: false, Pool: false } || second.Inputs[0].Shape != second.Inputs[1].Shape) return null;
        return Fused(convolution.With(convolution.Epilogue with { Residual = true }), [.. first.Inputs, second.Inputs[1 - place]], first, second);
    }
}

/// <summary>ReLU behind a packed convolution, with its residual if it has one.</summary>
internal sealed class FusePackedRelu : PairRewrite<PackedConvolution, Relu>
{
    protected override PlanNode? Fuse(PlanNode first, PlanNode second, int place)
    {
        var convolution = (PackedConvolution)first.Operation;
        return convolution.Epilogue.Relu ? null : Fused(convolution.With(convolution.Epilogue with { Relu = true }), first.Inputs, first, second);
    }
}
