using System.Numerics;

namespace Gradus.Data;

/// <summary>Takes the colour away: every pixel gets its brightness.</summary>
/// <param name="probability">How often; 0 to 1.</param>
public sealed class Grey(float probability = 0.1f) : ColourAugmentation(probability, 0, 1)
{
    /// <inheritdoc/>
    public override string Meaning => "takes the colour away with probability S";

    /// <inheritdoc/>
    protected internal override Matrix4x4 Draw(ref RandomDraws draws, Vector3 mean) => draws.Chance(Strength) ? Saturate(0) : Matrix4x4.Identity;
}
