namespace Gradus.Data;

/// <summary>Overwrites a rectangle of random place, area (2 % to 33 % of the picture) and shape (0.3 to 3.3) with random values.</summary>
/// <remarks>Zhong, Zheng, Kang, Li and Yang 2020, "Random erasing data augmentation", https://arxiv.org/abs/1708.04896, algorithm 1.</remarks>
/// <param name="probability">How often; 0 to 1.</param>
public sealed class Erasing(float probability = 0.5f) : PixelAugmentation(probability, 0, 1)
{
    private const float LeastArea = 0.02f, MostArea = 0.33f, LeastRatio = 0.3f; // the paper's

    /// <inheritdoc/>
    public override string Meaning => "overwrites a rectangle with random values, with probability S";

    /// <inheritdoc/>
    protected internal override void Apply(Span<float> picture, PictureShape shape, ref RandomDraws draws, Span<float> scratch)
    {
        if (!draws.Chance(Strength)) return;
        float area = shape.Plane * draws.Between(LeastArea, MostArea), ratio = MathF.Pow(LeastRatio, draws.Between(-1, 1));
        int height = Math.Clamp((int)MathF.Round(MathF.Sqrt(area * ratio)), 1, shape.Height);
        int width = Math.Clamp((int)MathF.Round(MathF.Sqrt(area / ratio)), 1, shape.Width);
        int top = draws.Below(shape.Height - height + 1), left = draws.Below(shape.Width - width + 1);
        for (int c = 0; c < shape.Channels; c++)
        {
            for (int y = top; y < top + height; y++) draws.Uniform(picture.Slice(c * shape.Plane + y * shape.Width + left, width));
        }
    }
}
