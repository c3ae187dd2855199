namespace Gradus.Ops.Chains;

/// <summary>An operation within a chain.</summary>
/// <param name="Operation">What it computes.</param>
/// <param name="Operands">What it reads, one number each: the chain's inputs come first, then the members' results in their order.</param>
/// <param name="WantsGradient">True if a gradient flows through it.</param>
internal readonly record struct ChainMember(ElementwiseOperation Operation, int[] Operands, bool WantsGradient);
