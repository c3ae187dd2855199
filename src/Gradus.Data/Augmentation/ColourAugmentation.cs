using System.Numerics;

namespace Gradus.Data;

/// <summary>
/// Changes each pixel's colour by an affine map of (red, green, blue). Neighbours in a pipeline become one map and one pass, at the
/// end of which values are clamped to 0 ... 1.
/// </summary>
public abstract class ColourAugmentation : Augmentation
{
    /// <summary>The share of each colour in a pixel's brightness (ITU-R BT.601).</summary>
    protected static readonly Vector3 Luma = new(0.299f, 0.587f, 0.114f);

    /// <inheritdoc/>
    protected ColourAugmentation(float strength, float least, float most) : base(strength, least, most)
    {
    }

    /// <summary>Whether <see cref="Draw"/> looks at the picture's mean.</summary>
    protected internal virtual bool ReadsMean => false;

    /// <summary>The map for one sample: a colour as a row vector (red, green, blue, 1) times this matrix. It keeps grey grey.</summary>
    /// <param name="draws">The sample's random numbers.</param>
    /// <param name="mean">The picture's mean colour before this change; zero unless <see cref="ReadsMean"/>.</param>
    protected internal abstract Matrix4x4 Draw(ref RandomDraws draws, Vector3 mean);

    /// <summary>Each colour blended with its own brightness: 1 leaves it, 0 is grey, above 1 it glows.</summary>
    protected static Matrix4x4 Saturate(float factor)
    {
        var grey = (1 - factor) * Luma; // every new channel gets this share of (red, green, blue)
        return new Matrix4x4(
            factor + grey.X, grey.X, grey.X, 0,
            grey.Y, factor + grey.Y, grey.Y, 0,
            grey.Z, grey.Z, factor + grey.Z, 0,
            0, 0, 0, 1);
    }
}
