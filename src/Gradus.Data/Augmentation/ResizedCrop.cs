namespace Gradus.Data;

/// <summary>Cuts out a piece of random area and shape and enlarges it to the picture's size.</summary>
/// <remarks>Szegedy et al. 2015, "Going deeper with convolutions", https://arxiv.org/abs/1409.4842, section 6: sides in the ratio 3:4 to 4:3.</remarks>
/// <param name="area">The least area of the piece, as a share of the picture's; 0.01 to 1.</param>
public sealed class ResizedCrop(float area = 0.25f) : GeometricAugmentation(area, 0.01f, 1)
{
    /// <inheritdoc/>
    public override string Meaning => "enlarges a piece of at least the share S of the picture's area";

    /// <inheritdoc/>
    protected internal override AffineMap Draw(ref RandomDraws draws, int height, int width)
    {
        double area = (double)height * width * draws.Between(Strength, 1), ratio = Math.Pow(4.0 / 3, draws.Between(-1, 1));
        double pieceWidth = Math.Min(width, Math.Sqrt(area * ratio)), pieceHeight = Math.Min(height, Math.Sqrt(area / ratio));
        double x = (width - pieceWidth) * (draws.Unit() - 0.5), y = (height - pieceHeight) * (draws.Unit() - 0.5);
        return new AffineMap(pieceWidth / width, 0, x, 0, pieceHeight / height, y);
    }
}
