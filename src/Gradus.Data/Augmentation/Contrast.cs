using System.Numerics;

namespace Gradus.Data;

/// <summary>Pulls every value towards the picture's mean brightness or away from it, by a factor from 1 - S to 1 + S.</summary>
/// <param name="factor">S; 0 to 1.</param>
public sealed class Contrast(float factor = 0.2f) : ColourAugmentation(factor, 0, 1)
{
    /// <inheritdoc/>
    public override string Meaning => "multiplies distances from the mean brightness by 1-S to 1+S";

    /// <inheritdoc/>
    protected internal override bool ReadsMean => true;

    /// <inheritdoc/>
    protected internal override Matrix4x4 Draw(ref RandomDraws draws, Vector3 mean)
    {
        float factor = draws.Between(1 - Strength, 1 + Strength);
        return Matrix4x4.CreateScale(factor) with { Translation = new Vector3((1 - factor) * Vector3.Dot(mean, Luma)) };
    }
}
