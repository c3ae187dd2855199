namespace Gradus.Data;

/// <summary>
/// Mixes two samples of a batch and their labels: the result has two classes, each with a share. It comes after all other
/// augmentations, and <see cref="Losses.MixedCrossEntropy"/> is its loss.
/// </summary>
public abstract class MixingAugmentation : Augmentation
{
    /// <inheritdoc/>
    protected MixingAugmentation(float strength, float least, float most) : base(strength, least, most)
    {
    }

    /// <summary>Mixes another sample into one.</summary>
    /// <param name="sample">[channels, height, width], changed in place.</param>
    /// <param name="partner">The other sample, as it was before any mixing.</param>
    /// <param name="shape">Their shape.</param>
    /// <param name="draws">The sample's random numbers.</param>
    /// <returns>The share of the sample's own class, from 0 to 1; the partner's class has the rest.</returns>
    protected internal abstract float Mix(Span<float> sample, ReadOnlySpan<float> partner, PictureShape shape, ref RandomDraws draws);

    /// <summary>A draw from Beta(alpha, alpha) for alpha up to 1.</summary>
    /// <remarks>Jöhnk 1964, "Erzeugung von betaverteilten und gammaverteilten Zufallszahlen": u^(1/a) / (u^(1/a) + v^(1/a)) where the sum is at most 1.</remarks>
    protected static float Beta(float alpha, ref RandomDraws draws)
    {
        while (true)
        {
            double u = Math.Pow(1 - draws.Unit(), 1 / (double)alpha), v = Math.Pow(1 - draws.Unit(), 1 / (double)alpha);
            if (u + v <= 1) return (float)(u / (u + v));
        }
    }
}
