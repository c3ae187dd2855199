using SkiaSharp;

namespace Gradus.Plots;

/// <summary>A grid of pictures with captions: samples of a data set, predictions, generated pictures, filters.</summary>
/// <remarks>Small pictures are enlarged by a whole factor with every pixel a crisp square; large ones are shrunk smoothly.</remarks>
public static class PicturesPlot
{
    private const int SmallestSide = 120; // room for a caption such as "automobile 98%"
    private const int LargestSide = 256;
    private const int Gap = 16;
    private const int TitleHeight = 48;
    private const int LineHeight = 20;
    private const float CaptionSize = 15;

    /// <summary>Writes the grid as a PNG file; the file appears whole or not at all.</summary>
    /// <param name="path">The file; its folder is made if need be.</param>
    /// <param name="pictures">Any number of pictures, of any sizes, row by row.</param>
    /// <param name="columns">Pictures in a row, at least 1.</param>
    /// <param name="title">The text over the grid; may be empty.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is less than one column.</exception>
    public static void Save(string path, IReadOnlyList<Picture> pictures, int columns, string title = "")
    {
        ArgumentNullException.ThrowIfNull(pictures);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        columns = Math.Clamp(columns, 1, Math.Max(1, pictures.Count));
        var rows = (pictures.Count + columns - 1) / columns;
        var side = pictures.Select(picture => Drawn(picture)).Aggregate(
            new SKSizeI(SmallestSide, 1), (most, one) => new SKSizeI(Math.Max(most.Width, one.Width), Math.Max(most.Height, one.Height)));
        var captionHeight = pictures.Select(picture => Lines(picture).Length).DefaultIfEmpty(0).Max() * LineHeight;
        var top = title.Length > 0 ? TitleHeight : Gap;
        var (stepX, stepY) = (side.Width + Gap, side.Height + captionHeight + Gap);
        PngFile.Draw(path, Gap + columns * stepX, top + Math.Max(1, rows) * stepY, canvas =>
        {
            canvas.WriteFitted(title, (Gap + columns * stepX) / 2f, 32, columns * stepX - Gap, 20, Palette.Text);
            for (var i = 0; i < pictures.Count; i++)
                DrawOne(canvas, pictures[i], new SKPointI(Gap + i % columns * stepX, top + i / columns * stepY), side);
        });
    }

    /// <summary>The size at which a picture is drawn.</summary>
    internal static SKSizeI Drawn(Picture picture)
    {
        var longest = Math.Max(picture.Width, picture.Height);
        if (longest > LargestSide)
            return new SKSizeI(
                Math.Max(1, picture.Width * LargestSide / longest), Math.Max(1, picture.Height * LargestSide / longest));
        var factor = (SmallestSide + longest - 1) / longest;
        return new SKSizeI(picture.Width * factor, picture.Height * factor);
    }

    private static string[] Lines(Picture picture) => picture.Caption.Length == 0 ? [] : picture.Caption.Split('\n');

    private static void DrawOne(SKCanvas canvas, Picture picture, SKPointI corner, SKSizeI side)
    {
        var drawn = Drawn(picture);
        var place = SKRect.Create(corner.X + (side.Width - drawn.Width) / 2, corner.Y + (side.Height - drawn.Height) / 2, drawn.Width, drawn.Height);
        using var image = ToImage(picture);
        var sampling = drawn.Width >= picture.Width
            ? new SKSamplingOptions(SKFilterMode.Nearest)
            : new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear);
        canvas.DrawImage(image, place, sampling);

        var (text, frame) = picture.Colour switch
        {
            CaptionColour.Right => (Palette.Right, Palette.Right),
            CaptionColour.Wrong => (Palette.Wrong, Palette.Wrong),
            _ => (Palette.Text, Palette.Faint),
        };
        var stroke = picture.Colour == CaptionColour.Neutral ? 1 : 3;
        using var line = new SKPaint { Color = frame, Style = SKPaintStyle.Stroke, StrokeWidth = stroke };
        place.Inflate(stroke / 2f, stroke / 2f); // outside the picture: no pixel of it is hidden
        canvas.DrawRect(place, line);
        var y = corner.Y + side.Height + LineHeight;
        foreach (var caption in Lines(picture))
        {
            canvas.WriteFitted(caption, corner.X + side.Width / 2f, y, side.Width + Gap - 4, CaptionSize, text);
            y += LineHeight;
        }
    }

    private static SKImage ToImage(Picture picture)
    {
        var values = picture.Pixels.Span;
        var plane = picture.Height * picture.Width;
        var bytes = new byte[4 * plane];
        for (var i = 0; i < plane; i++)
        {
            var red = values[i];
            var (green, blue) = picture.Channels == 3 ? (values[plane + i], values[2 * plane + i]) : (red, red);
            if (float.IsNaN(red) || float.IsNaN(green) || float.IsNaN(blue)) (red, green, blue) = (1, 0, 1);
            (bytes[4 * i], bytes[4 * i + 1], bytes[4 * i + 2], bytes[4 * i + 3]) = (Level(red), Level(green), Level(blue), 255);
        }

        return SKImage.FromPixelCopy(new SKImageInfo(picture.Width, picture.Height, SKColorType.Rgba8888, SKAlphaType.Opaque), bytes);
    }

    private static byte Level(float value) => (byte)MathF.Round(255 * Math.Clamp(value, 0, 1));
}
