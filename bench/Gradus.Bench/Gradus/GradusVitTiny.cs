using Gradus;
using Gradus.Zoo;

namespace Bench;

/// <summary>A training step of the zoo's vit-tiny; cross-entropy, Adam.</summary>
[Runs("vit-tiny", Side.Gradus)]
internal sealed class GradusVitTiny : GradusTraining
{
    protected override Layer Model(Sizes sizes) =>
        Architectures.Get("vit-tiny").Build([sizes["channels"], sizes["side"], sizes["side"]], sizes["classes"], new RandomSource(1));

    protected override Tensor Inputs(Sizes sizes) => Normal([sizes["batch"], sizes["channels"], sizes["side"], sizes["side"]]);
}
