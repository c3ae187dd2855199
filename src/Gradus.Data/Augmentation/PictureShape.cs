namespace Gradus.Data;

/// <summary>The shape of one picture: [channels, height, width].</summary>
/// <param name="Channels">1 for grey, 3 for red, green, blue.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public readonly record struct PictureShape(int Channels, int Height, int Width)
{
    /// <summary>The number of values.</summary>
    public int Length => Channels * Height * Width;

    /// <summary>The number of pixels.</summary>
    public int Plane => Height * Width;
}
