using SkiaSharp;

namespace Gradus.Plots;

/// <summary>Draws on a white canvas and writes it as a PNG that is either whole or not there.</summary>
internal static class PngFile
{
    public static void Draw(string path, int width, int height, Action<SKCanvas> draw)
    {
        using var surface = SKSurface.Create(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Premul))
            ?? throw new ArgumentException($"No memory for a picture of {width} x {height} pixels; draw fewer or smaller parts.");
        surface.Canvas.Clear(SKColors.White);
        draw(surface.Canvas);
        using var image = surface.Snapshot();
        using var png = image.Encode(SKEncodedImageFormat.Png, quality: 100);
        Write(path, png);
    }

    // A viewer that polls the file while training goes on must never see half of it: a rename is atomic, a write is not.
    private static void Write(string path, SKData png)
    {
        var whole = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(whole)!);
        var part = $"{whole}.{Guid.NewGuid():N}.part";
        try
        {
            using (var file = File.Create(part)) png.SaveTo(file);
            File.Move(part, whole, overwrite: true);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }
}
