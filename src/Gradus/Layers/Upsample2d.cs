using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>Pictures enlarged by a whole factor.</summary>
/// <remarks>Input <c>[n, c, h, w]</c>, output <c>[n, c, h · factor, w · factor]</c>. No parameters. Long, Shelhamer and Darrell 2015, https://arxiv.org/abs/1411.4038, section 3.3.</remarks>
/// <param name="factor">How many times larger height and width become, each at least 1.</param>
/// <param name="bilinear">Whether each pixel lies between the four around it; else it is the nearest.</param>
/// <param name="alignCorners">For bilinear: whether the corner pixels lie upon the old ones, rather than the pictures' edges.</param>
public sealed class Upsample2d(Size2d factor, bool bilinear = false, bool alignCorners = false) : Layer
{
    /// <inheritdoc/>
    /// <exception cref="ShapeException">The input is not four-dimensional or has no pixel.</exception>
    public override Tensor Forward(Tensor x)
    {
        if (x.Shape.Rank != 4) throw new ShapeException($"up-sampling expects pictures [n, c, h, w]; got {x.Shape}");
        var size = new Size2d(x.Shape[2] * factor.Height, x.Shape[3] * factor.Width);
        return bilinear ? x.UpsampleBilinear(size, alignCorners) : x.UpsampleNearest(size);
    }
}
