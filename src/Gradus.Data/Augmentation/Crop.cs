namespace Gradus.Data;

/// <summary>Pads the picture with black on every side and cuts out a piece of its own size: a move by whole pixels, without any blending.</summary>
/// <remarks>He, Zhang, Ren and Sun 2016, "Deep residual learning for image recognition", https://arxiv.org/abs/1512.03385, section 4.2.</remarks>
/// <param name="padding">Pixels on each side; a whole number from 0 to 1024.</param>
public sealed class Crop(float padding = 4) : GeometricAugmentation(Whole(padding), 0, 1024)
{
    /// <inheritdoc/>
    public override string Meaning => "pads by S pixels and cuts out a piece of the old size";

    /// <inheritdoc/>
    protected internal override AffineMap Draw(ref RandomDraws draws, int height, int width)
    {
        int padding = (int)Strength, places = 2 * padding + 1;
        return AffineMap.Translation(draws.Below(places) - padding, draws.Below(places) - padding);
    }

    private static float Whole(float padding) => float.IsInteger(padding)
        ? padding
        : throw new ArgumentOutOfRangeException(nameof(padding), $"The strength of crop is a whole number of pixels; got {padding}.");
}
