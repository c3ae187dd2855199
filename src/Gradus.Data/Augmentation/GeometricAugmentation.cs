namespace Gradus.Data;

/// <summary>
/// Moves pixels by an affine map. Neighbours in a pipeline become one map, so that the picture is resampled once; what comes from
/// outside the picture is black.
/// </summary>
public abstract class GeometricAugmentation : Augmentation
{
    /// <inheritdoc/>
    protected GeometricAugmentation(float strength, float least, float most) : base(strength, least, most)
    {
    }

    /// <summary>The map for one sample.</summary>
    /// <param name="draws">The sample's random numbers.</param>
    /// <param name="height">Rows of the picture.</param>
    /// <param name="width">Columns of the picture.</param>
    protected internal abstract AffineMap Draw(ref RandomDraws draws, int height, int width);
}
