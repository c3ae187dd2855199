using SkiaSharp;

namespace Gradus.Plots;

/// <summary>Text on a canvas, measured, and shortened where it would leave its place.</summary>
internal static class CanvasText
{
    private const string Ellipsis = "…";

    /// <summary>The width of <paramref name="text"/> in pixels.</summary>
    public static float Width(string text, float size)
    {
        using var font = PlotFont.OfSize(size);
        return font.MeasureText(text);
    }

    /// <summary>Writes one line whose baseline is at <paramref name="y"/>.</summary>
    public static void Write(
        this SKCanvas canvas, string text, float x, float y, float size, SKColor colour, SKTextAlign align = SKTextAlign.Center)
    {
        using var font = PlotFont.OfSize(size);
        using var paint = new SKPaint { Color = colour, IsAntialias = true };
        canvas.DrawText(text, x, y, align, font, paint);
    }

    /// <summary>Writes one line in at most <paramref name="width"/> pixels: down to three quarters of its size, then with an ellipsis.</summary>
    public static void WriteFitted(
        this SKCanvas canvas, string text, float x, float y, float width, float size, SKColor colour, SKTextAlign align = SKTextAlign.Center)
    {
        var fitted = Math.Clamp(size * width / Math.Max(1, Width(text, size)), 0.75f * size, size);
        canvas.Write(Shorten(text, width, fitted), x, y, fitted, colour, align);
    }

    /// <summary>The longest beginning of <paramref name="text"/> that fits, with an ellipsis where something was cut.</summary>
    public static string Shorten(string text, float width, float size)
    {
        if (Width(text, size) <= width + 0.5f) return text;
        var length = text.Length - 1;
        while (length > 0 && (char.IsHighSurrogate(text[length - 1]) || Width(text[..length] + Ellipsis, size) > width)) length--;
        return text[..length] + Ellipsis;
    }
}
