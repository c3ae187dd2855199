using System.Numerics.Tensors;

namespace Gradus.Data;

/// <summary>Blends two samples: λ of the one and 1 - λ of the other, with λ from Beta(S, S).</summary>
/// <remarks>Zhang, Cisse, Dauphin and Lopez-Paz 2018, "mixup: beyond empirical risk minimization", https://arxiv.org/abs/1710.09412.</remarks>
/// <param name="alpha">S; 0.05 to 1. Small values leave most samples nearly as they are.</param>
public sealed class Mixup(float alpha = 0.2f) : MixingAugmentation(alpha, 0.05f, 1)
{
    /// <inheritdoc/>
    public override string Meaning => "blends two samples and their labels, shares from Beta(S, S)";

    /// <inheritdoc/>
    protected internal override float Mix(Span<float> sample, ReadOnlySpan<float> partner, PictureShape shape, ref RandomDraws draws)
    {
        float share = Beta(Strength, ref draws);
        TensorPrimitives.Multiply(sample, share, sample);
        TensorPrimitives.MultiplyAdd(partner, 1 - share, sample, sample);
        return share;
    }
}
