using Gradus;
using Gradus.Zoo;

namespace Bench;

/// <summary>A training step of the zoo's transformer-encoder, dropout included; cross-entropy, Adam.</summary>
[Runs("transformer-encoder", Side.Gradus)]
internal sealed class GradusTransformerEncoder : GradusTraining
{
    protected override Layer Model(Sizes sizes) =>
        Architectures.Get("transformer-encoder").Build([sizes["steps"], sizes["features"]], sizes["classes"], new RandomSource(1));

    protected override Tensor Inputs(Sizes sizes) => Normal([sizes["batch"], sizes["steps"], sizes["features"]]);
}
