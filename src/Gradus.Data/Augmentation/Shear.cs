namespace Gradus.Data;

/// <summary>Pushes rows sideways, so that upright lines lean.</summary>
/// <param name="degrees">The largest angle, either way; 0 to 80.</param>
public sealed class Shear(float degrees = 10) : GeometricAugmentation(degrees, 0, 80)
{
    /// <inheritdoc/>
    public override string Meaning => "leans upright lines by up to S degrees either way";

    /// <inheritdoc/>
    protected internal override AffineMap Draw(ref RandomDraws draws, int height, int width) => AffineMap.Shear(draws.Between(-Strength, Strength));
}
