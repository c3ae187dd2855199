namespace Gradus.Data;

/// <summary>Changes values in place, by a rule of its own.</summary>
public abstract class PixelAugmentation : Augmentation
{
    /// <inheritdoc/>
    protected PixelAugmentation(float strength, float least, float most) : base(strength, least, most)
    {
    }

    /// <summary>Changes one sample.</summary>
    /// <param name="picture">[channels, height, width], each value from 0 to 1, before and after.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="draws">The sample's random numbers.</param>
    /// <param name="scratch">Twice the picture's length and more, of arbitrary content.</param>
    protected internal abstract void Apply(Span<float> picture, PictureShape shape, ref RandomDraws draws, Span<float> scratch);
}
