namespace Gradus.Data;

/// <summary>Puts a rectangle of another sample into one; the labels' shares are those of the areas. The rectangle's area is from Beta(S, S).</summary>
/// <remarks>Yun, Han, Oh, Chun, Choe and Yoo 2019, "CutMix", https://arxiv.org/abs/1905.04899, equations 1 and 2.</remarks>
/// <param name="alpha">S; 0.05 to 1.</param>
public sealed class Cutmix(float alpha = 1) : MixingAugmentation(alpha, 0.05f, 1)
{
    /// <inheritdoc/>
    public override string Meaning => "puts a rectangle of one sample into another, its area from Beta(S, S)";

    /// <inheritdoc/>
    protected internal override float Mix(Span<float> sample, ReadOnlySpan<float> partner, PictureShape shape, ref RandomDraws draws)
    {
        float side = MathF.Sqrt(1 - Beta(Strength, ref draws));
        int height = (int)(side * shape.Height), width = (int)(side * shape.Width);
        int top = draws.Below(shape.Height) - height / 2, left = draws.Below(shape.Width) - width / 2;
        int bottom = Math.Min(top + height, shape.Height), right = Math.Min(left + width, shape.Width);
        (top, left) = (Math.Max(top, 0), Math.Max(left, 0));
        if (right <= left || bottom <= top) return 1;
        for (int c = 0; c < shape.Channels; c++)
        {
            for (int y = top; y < bottom; y++)
            {
                int at = c * shape.Plane + y * shape.Width + left;
                partner.Slice(at, right - left).CopyTo(sample.Slice(at, right - left));
            }
        }

        return 1 - (float)((bottom - top) * (right - left)) / shape.Plane; // what the border cut off does not count
    }
}
