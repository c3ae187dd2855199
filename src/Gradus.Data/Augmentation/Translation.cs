namespace Gradus.Data;

/// <summary>Moves the picture, by fractions of a pixel too.</summary>
/// <param name="share">The largest way, as a share of each side; 0 to 1.</param>
public sealed class Translation(float share = 0.1f) : GeometricAugmentation(share, 0, 1)
{
    /// <inheritdoc/>
    public override string Meaning => "moves by up to the share S of each side";

    /// <inheritdoc/>
    protected internal override AffineMap Draw(ref RandomDraws draws, int height, int width) =>
        AffineMap.Translation(width * draws.Between(-Strength, Strength), height * draws.Between(-Strength, Strength));
}
