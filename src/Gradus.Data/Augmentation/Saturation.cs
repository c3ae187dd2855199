using System.Numerics;

namespace Gradus.Data;

/// <summary>Makes colours paler or stronger: their distance from grey times a factor from 1 - S to 1 + S. Grey pictures stay.</summary>
/// <param name="factor">S; 0 to 1.</param>
public sealed class Saturation(float factor = 0.2f) : ColourAugmentation(factor, 0, 1)
{
    /// <inheritdoc/>
    public override string Meaning => "multiplies distances from grey by 1-S to 1+S";

    /// <inheritdoc/>
    protected internal override Matrix4x4 Draw(ref RandomDraws draws, Vector3 mean) => Saturate(draws.Between(1 - Strength, 1 + Strength));
}
