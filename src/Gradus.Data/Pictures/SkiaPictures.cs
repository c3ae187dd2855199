using SkiaSharp;

namespace Gradus.Data;

/// <summary>PNG, JPEG, WebP and BMP through Skia.</summary>
internal static class SkiaPictures
{
    private const int MostPixelsPerByte = 8 * BoundedRead.LargestDeflateRatio; // one bit a pixel in a PNG; JPEG stays below
    private const int AlwaysAllowed = 1 << 22; // 4 megapixels, 16 MiB: an even WebP of any size takes some forty bytes

    public static unsafe Picture Decode(ReadOnlySpan<byte> file, string name)
    {
        fixed (byte* bytes = file)
        {
            using var data = SKData.Create((nint)bytes, file.Length); // the bytes stay where they are: no copy
            using var codec = file.Length == 0 ? null : SKCodec.Create(data);
            if (codec is null) throw new InvalidDataException($"{name} is not a PNG, JPEG, WebP, BMP or PGM picture, or its header is damaged.");

            var (width, height) = (codec.Info.Width, codec.Info.Height);
            long most = Math.Min(Picture.MostPixels, Math.Max(codec.EncodedFormat == SKEncodedImageFormat.Webp ? AlwaysAllowed : 0, MostPixelsPerByte * (long)file.Length));
            if (width < 1 || height < 1 || (long)width * height > most)
                throw new InvalidDataException($"{name} declares a size of {width} x {height} pixels, which {file.Length} bytes cannot hold.");
            var interleaved = GC.AllocateUninitializedArray<byte>(4 * width * height);
            fixed (byte* target = interleaved)
            {
                var result = codec.GetPixels(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul), (nint)target);
                if (result != SKCodecResult.Success)
                    throw new InvalidDataException($"{name} is {(result == SKCodecResult.IncompleteInput ? "truncated" : "damaged")} ({result}).");
            }

            return Separate(interleaved, height, width, codec.EncodedOrigin);
        }
    }

    // Red, green, blue, alpha side by side -> planes, upright, over white; one plane if the picture is grey.
    private static Picture Separate(byte[] interleaved, int storedHeight, int storedWidth, SKEncodedOrigin origin)
    {
        var (height, width) = origin >= SKEncodedOrigin.LeftTop ? (storedWidth, storedHeight) : (storedHeight, storedWidth);
        int plane = height * width;
        var pixels = new byte[3 * plane];
        bool grey = true;
        for (int i = 0; i < plane; i++)
        {
            int at = origin == SKEncodedOrigin.TopLeft ? 4 * i : 4 * Stored(i % width, i / width, storedHeight, storedWidth, origin);
            int r = interleaved[at], g = interleaved[at + 1], b = interleaved[at + 2], alpha = interleaved[at + 3];
            if (alpha != 255) (r, g, b) = (OverWhite(r, alpha), OverWhite(g, alpha), OverWhite(b, alpha));
            grey &= r == g && g == b;
            (pixels[i], pixels[plane + i], pixels[2 * plane + i]) = ((byte)r, (byte)g, (byte)b);
        }

        return grey ? new Picture(1, height, width, pixels[..plane]) : new Picture(3, height, width, pixels);
    }

    // Where the pixel of the upright picture is stored: telephones store what the sensor sees and note how it was held (EXIF).
    private static int Stored(int x, int y, int height, int width, SKEncodedOrigin origin) => origin switch
    {
        SKEncodedOrigin.TopRight => y * width + width - 1 - x,
        SKEncodedOrigin.BottomRight => (height - 1 - y) * width + width - 1 - x,
        SKEncodedOrigin.BottomLeft => (height - 1 - y) * width + x,
        SKEncodedOrigin.LeftTop => x * width + y,
        SKEncodedOrigin.RightTop => (height - 1 - x) * width + y,
        SKEncodedOrigin.RightBottom => (height - 1 - x) * width + width - 1 - y,
        SKEncodedOrigin.LeftBottom => x * width + width - 1 - y,
        _ => y * width + x,
    };

    private static int OverWhite(int value, int alpha) => (value * alpha + 255 * (255 - alpha) + 127) / 255;
}
