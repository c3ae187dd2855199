namespace Gradus.Data;

/// <summary>A decoded picture: bytes, channels first.</summary>
/// <param name="Channels">1 for grey, 3 for red, green, blue.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Pixels">[channels, height, width], 0 ... 255.</param>
public sealed record Picture(int Channels, int Height, int Width, byte[] Pixels)
{
    /// <summary>No picture may have more pixels than this: a header of a few bytes could else ask for gigabytes.</summary>
    internal const int MostPixels = 1 << 27; // 134 megapixels, above every camera in a class room

    /// <summary>Reads a PNG, JPEG, WebP, BMP or PGM file.</summary>
    /// <exception cref="InvalidDataException">The file is not such a picture, or is damaged.</exception>
    public static Picture Load(string path)
    {
        using var file = File.OpenRead(path);
        if (file.Length > Array.MaxLength) throw new InvalidDataException($"{path} is not a picture: {file.Length} bytes.");
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return Decode(bytes, path);
    }

    /// <summary>Reads a PNG, JPEG, WebP, BMP or PGM file from memory; its first bytes tell which.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="InvalidDataException">It is not such a picture, or is damaged.</exception>
    public static Picture Decode(ReadOnlySpan<byte> file, string name) =>
        file.Length >= 2 && file[0] == 'P' && file[1] is (byte)'2' or (byte)'5' ? Pgm.Decode(file, name) : SkiaPictures.Decode(file, name);

    /// <summary>The same picture in another size: bilinear, averaging over the pixels that fall together when it shrinks.</summary>
    public Picture Resize(int height, int width)
    {
        if (height == Height && width == Width) return this;
        var pixels = new byte[Channels * height * width];
        var (plane, newPlane) = (Height * Width, height * width);
        for (int c = 0; c < Channels; c++)
            Resampling.Resize(Pixels.AsSpan(c * plane, plane), Height, Width, pixels.AsSpan(c * newPlane, newPlane), height, width);
        return new Picture(Channels, height, width, pixels);
    }

    /// <summary>The same picture with 1 channel (luma of ITU-R BT.601) or 3 (grey repeated).</summary>
    public Picture WithChannels(int channels)
    {
        if (channels == Channels) return this;
        int plane = Height * Width;
        var pixels = new byte[channels * plane];
        if (channels == 3) for (int c = 0; c < 3; c++) Pixels.CopyTo(pixels, c * plane);
        else for (int i = 0; i < plane; i++) pixels[i] = (byte)((299 * Pixels[i] + 587 * Pixels[plane + i] + 114 * Pixels[2 * plane + i] + 500) / 1000);
        return new Picture(channels, Height, Width, pixels);
    }
}
