namespace Gradus.Data;

/// <summary>Enlarges or shrinks the picture about its centre: a factor from 1 / (1 + S) to 1 + S, as often below 1 as above.</summary>
/// <param name="factor">S; 0 to 4.</param>
public sealed class Scaling(float factor = 0.2f) : GeometricAugmentation(factor, 0, 4)
{
    /// <inheritdoc/>
    public override string Meaning => "enlarges or shrinks by a factor from 1/(1+S) to 1+S";

    /// <inheritdoc/>
    protected internal override AffineMap Draw(ref RandomDraws draws, int height, int width)
    {
        double factor = Math.Pow(1 + Strength, draws.Between(-1, 1));
        return AffineMap.Scaling(factor, factor);
    }
}
