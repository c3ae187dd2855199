using Gradus.Graph;
using Gradus.Ops;

namespace Gradus.Labs.Convolution;

/// <summary>Moves the content of pictures or feature maps by whole pixels.</summary>
internal static class PictureShift
{
    /// <summary>Pictures <c>[n, c, h, w]</c> moved; zeros come in from outside, and what leaves is lost.</summary>
    /// <param name="pictures">The pictures.</param>
    /// <param name="down">Rows, less than 0 for up.</param>
    /// <param name="right">Columns, less than 0 for left.</param>
    public static Tensor Of(Tensor pictures, int down, int right)
    {
        using var _ = GradientMode.Off();
        var (height, width) = (pictures.Shape[2], pictures.Shape[3]);
        var wide = pictures.Pad(new Padding2d(Math.Max(0, down), Math.Max(0, right), Math.Max(0, -down), Math.Max(0, -right)));
        return wide.Slice(2, Math.Max(0, -down), height).Slice(3, Math.Max(0, -right), width);
    }
}
