namespace Gradus.Data;

/// <summary>Exchanges top and bottom.</summary>
/// <param name="probability">How often; 0 to 1.</param>
public sealed class VerticalFlip(float probability = 0.5f) : GeometricAugmentation(probability, 0, 1)
{
    /// <inheritdoc/>
    public override string Meaning => "exchanges top and bottom with probability S";

    /// <inheritdoc/>
    protected internal override AffineMap Draw(ref RandomDraws draws, int height, int width) =>
        draws.Chance(Strength) ? AffineMap.VerticalFlip : AffineMap.Identity;
}
