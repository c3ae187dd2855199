namespace Gradus.Data;

/// <summary>Blackens a square whose centre is anywhere in the picture; what lies beyond the border is lost.</summary>
/// <remarks>DeVries and Taylor 2017, "Improved regularization of convolutional neural networks with cutout", https://arxiv.org/abs/1708.04552.</remarks>
/// <param name="side">The square's side as a share of the picture's shorter one; 0 to 1. The paper takes 0.5 for CIFAR-10.</param>
public sealed class Cutout(float side = 0.5f) : PixelAugmentation(side, 0, 1)
{
    /// <inheritdoc/>
    public override string Meaning => "blackens a square of the share S of the shorter side";

    /// <inheritdoc/>
    protected internal override void Apply(Span<float> picture, PictureShape shape, ref RandomDraws draws, Span<float> scratch)
    {
        int length = (int)MathF.Round(Strength * Math.Min(shape.Height, shape.Width));
        int top = draws.Below(shape.Height) - length / 2, left = draws.Below(shape.Width) - length / 2;
        int bottom = Math.Min(top + length, shape.Height), right = Math.Min(left + length, shape.Width);
        (top, left) = (Math.Max(top, 0), Math.Max(left, 0));
        if (right <= left) return;
        for (int c = 0; c < shape.Channels; c++)
        {
            for (int y = top; y < bottom; y++) picture.Slice(c * shape.Plane + y * shape.Width + left, right - left).Clear();
        }
    }
}
