using System.Numerics;

namespace Gradus.Data;

/// <summary>Turns colours about the grey axis: by 120 degrees red becomes green, green blue, and blue red. Grey pictures stay.</summary>
/// <remarks>A rotation of (red, green, blue) about (1, 1, 1) and not of the angle in HSV: it is linear, so that it joins its neighbours in one pass.</remarks>
/// <param name="degrees">The largest angle, either way; 0 to 180.</param>
public sealed class Hue(float degrees = 18) : ColourAugmentation(degrees, 0, 180)
{
    /// <inheritdoc/>
    public override string Meaning => "turns colours by up to S degrees either way";

    /// <inheritdoc/>
    protected internal override Matrix4x4 Draw(ref RandomDraws draws, Vector3 mean) =>
        Turn(draws.Between(-Strength, Strength));

    internal static Matrix4x4 Turn(float degrees) => Matrix4x4.CreateFromAxisAngle(Vector3.Normalize(Vector3.One), degrees * MathF.PI / 180);
}
