using System.Numerics.Tensors;

namespace Gradus.Data;

/// <summary>Adds Gaussian noise to every value, then clamps to 0 ... 1.</summary>
/// <param name="deviation">The noise's deviation, where white is 1; 0 to 1.</param>
public sealed class Noise(float deviation = 0.05f) : PixelAugmentation(deviation, 0, 1)
{
    /// <inheritdoc/>
    public override string Meaning => "adds Gaussian noise of deviation S, where white is 1";

    /// <inheritdoc/>
    protected internal override void Apply(Span<float> picture, PictureShape shape, ref RandomDraws draws, Span<float> scratch)
    {
        var noise = scratch[..picture.Length];
        draws.Normal(noise, scratch[picture.Length..]);
        TensorPrimitives.MultiplyAdd(noise, Strength, picture, picture);
        TensorPrimitives.Clamp(picture, 0f, 1f, picture);
    }
}
