using System.Text;
using SkiaSharp;

namespace Gradus.Data.Tests;

/// <summary>Encoded pictures for the readers to read.</summary>
internal static class Pictures
{
    public static byte[] Png(int width, int height, Func<int, int, SKColor> colour) => Encode(width, height, colour, SKEncodedImageFormat.Png);

    public static byte[] WebP(int width, int height, Func<int, int, SKColor> colour) => Encode(width, height, colour, SKEncodedImageFormat.Webp);

    public static byte[] Jpeg(int width, int height, Func<int, int, SKColor> colour) => Encode(width, height, colour, SKEncodedImageFormat.Jpeg);

    public static byte[] Pgm(int width, int height, Func<int, int, int> value, int maximum = 255)
    {
        var bytes = new List<byte>(Encoding.ASCII.GetBytes($"P5\n# a comment\n{width} {height}\n{maximum}\n"));
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                if (maximum > 255) bytes.Add((byte)(value(x, y) >> 8));
                bytes.Add((byte)value(x, y));
            }
        }

        return [.. bytes];
    }

    /// <summary>24 bits a pixel, rows from the bottom up: Skia reads BMP but does not write it.</summary>
    public static byte[] Bmp(int width, int height, Func<int, int, SKColor> colour)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        int row = (3 * width + 3) / 4 * 4;
        writer.Write("BM"u8);
        foreach (int field in new[] { 54 + row * height, 0, 54, 40, width, height, 1 | 24 << 16, 0, row * height, 2835, 2835, 0, 0 }) writer.Write(field);
        for (int y = height - 1; y >= 0; y--)
        {
            for (int x = 0; x < width; x++) writer.Write([colour(x, y).Blue, colour(x, y).Green, colour(x, y).Red]);
            writer.Write(new byte[row - 3 * width]);
        }

        return stream.ToArray();
    }

    public static SKColor Grey(int value) => new((byte)value, (byte)value, (byte)value);

    private static byte[] Encode(int width, int height, Func<int, int, SKColor> colour, SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        for (int y = 0; y < height; y++) for (int x = 0; x < width; x++) bitmap.SetPixel(x, y, colour(x, y));
        using var data = bitmap.Encode(format, 95);
        return data.ToArray();
    }
}
