using System.Numerics;

namespace Gradus.Data;

/// <summary>Makes the picture darker or brighter: every value times a factor from 1 - S to 1 + S.</summary>
/// <param name="factor">S; 0 to 1.</param>
public sealed class Brightness(float factor = 0.2f) : ColourAugmentation(factor, 0, 1)
{
    /// <inheritdoc/>
    public override string Meaning => "multiplies every value by 1-S to 1+S";

    /// <inheritdoc/>
    protected internal override Matrix4x4 Draw(ref RandomDraws draws, Vector3 mean) => Matrix4x4.CreateScale(draws.Between(1 - Strength, 1 + Strength));
}
