using Gradus.Kernels;

namespace Gradus.Ops.Chains;

/// <summary>A tensor that a chain reads from outside.</summary>
/// <param name="Repetition">How it repeats over the chain's shape.</param>
/// <param name="IsWhole">True if it is as large as the chain, so that nothing repeats.</param>
/// <param name="WantsGradient">True if backward writes its gradient.</param>
internal readonly record struct ChainInput(Repetition Repetition, bool IsWhole, bool WantsGradient);
