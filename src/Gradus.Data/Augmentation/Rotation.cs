namespace Gradus.Data;

/// <summary>Turns the picture about its centre.</summary>
/// <param name="degrees">The largest angle, either way; 0 to 180.</param>
public sealed class Rotation(float degrees = 15) : GeometricAugmentation(degrees, 0, 180)
{
    /// <inheritdoc/>
    public override string Meaning => "turns by up to S degrees either way";

    /// <inheritdoc/>
    protected internal override AffineMap Draw(ref RandomDraws draws, int height, int width) => AffineMap.Rotation(draws.Between(-Strength, Strength));
}
