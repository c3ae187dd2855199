namespace Gradus.Data;

/// <summary>
/// Tells for each pixel of the result where it comes from: x' = XX·x + XY·y + X, y' = YX·x + YY·y + Y, in pixels from the
/// picture's centre, x to the right and y downwards.
/// </summary>
/// <param name="XX">How x' grows with x.</param>
/// <param name="XY">How x' grows with y.</param>
/// <param name="X">Where the centre's x comes from.</param>
/// <param name="YX">How y' grows with x.</param>
/// <param name="YY">How y' grows with y.</param>
/// <param name="Y">Where the centre's y comes from.</param>
public readonly record struct AffineMap(double XX, double XY, double X, double YX, double YY, double Y)
{
    /// <summary>Every pixel stays.</summary>
    public static AffineMap Identity { get; } = new(1, 0, 0, 0, 1, 0);

    /// <summary>The picture turned anticlockwise.</summary>
    public static AffineMap Rotation(double degrees)
    {
        const int Digits = 15; // the cosine of a right angle is 6e-17 in floating point: an exact 0 keeps whole pixels whole
        double cosine = Math.Round(Math.Cos(degrees * Math.PI / 180), Digits), sine = Math.Round(Math.Sin(degrees * Math.PI / 180), Digits);
        return new AffineMap(cosine, -sine, 0, sine, cosine, 0);
    }

    /// <summary>The picture enlarged about its centre.</summary>
    public static AffineMap Scaling(double x, double y) => new(1 / x, 0, 0, 0, 1 / y, 0);

    /// <summary>The picture moved by so many pixels, to the right and downwards.</summary>
    public static AffineMap Translation(double x, double y) => new(1, 0, -x, 0, 1, -y);

    /// <summary>Rows pushed sideways, the more the farther from the middle.</summary>
    public static AffineMap Shear(double degrees) => new(1, Math.Tan(degrees * Math.PI / 180), 0, 0, 1, 0);

    /// <summary>Left and right exchanged.</summary>
    public static AffineMap HorizontalFlip { get; } = new(-1, 0, 0, 0, 1, 0);

    /// <summary>Top and bottom exchanged.</summary>
    public static AffineMap VerticalFlip { get; } = new(1, 0, 0, 0, -1, 0);

    /// <summary>This change, then the next: a pixel of the result is looked up in the second picture and from there in the first.</summary>
    public AffineMap Then(in AffineMap next) => new(
        XX * next.XX + XY * next.YX, XX * next.XY + XY * next.YY, XX * next.X + XY * next.Y + X,
        YX * next.XX + YY * next.YX, YX * next.XY + YY * next.YY, YX * next.X + YY * next.Y + Y);

    /// <summary>Whole pixels, at most mirrored: nothing needs to be blended.</summary>
    internal bool KeepsPixelsWhole =>
        XX is 1 or -1 && YY is 1 or -1 && XY == 0 && YX == 0 && double.IsInteger(X) && double.IsInteger(Y);
}
