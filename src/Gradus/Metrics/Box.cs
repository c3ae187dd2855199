namespace Gradus.Metrics;

/// <summary>A rectangle in a picture: its edges, in any unit, from the upper left corner.</summary>
/// <param name="Left">The left edge.</param>
/// <param name="Top">The upper edge.</param>
/// <param name="Right">The right edge, not left of the left one.</param>
/// <param name="Bottom">The lower edge, not above the upper one.</param>
public readonly record struct Box(float Left, float Top, float Right, float Bottom)
{
    /// <summary>Width times height; 0 for a box turned inside out.</summary>
    public double Area => Math.Max(0.0, (double)Right - Left) * Math.Max(0.0, (double)Bottom - Top);

    /// <summary>The part that both have in common; its area is 0 if there is none.</summary>
    public Box Intersect(Box other) =>
        new(Math.Max(Left, other.Left), Math.Max(Top, other.Top), Math.Min(Right, other.Right), Math.Min(Bottom, other.Bottom));
}
