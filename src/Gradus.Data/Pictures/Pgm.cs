using System.Buffers.Binary;

namespace Gradus.Data;

/// <summary>Portable grey map, plain (P2) and binary (P5), of 8 or 16 bits.</summary>
/// <remarks>https://netpbm.sourceforge.net/doc/pgm.html</remarks>
internal static class Pgm
{
    public static Picture Decode(ReadOnlySpan<byte> file, string name)
    {
        bool binary = file[1] == '5';
        int at = 2;
        int width = ReadNumber(file, ref at, name, "width");
        int height = ReadNumber(file, ref at, name, "height");
        int maximum = ReadNumber(file, ref at, name, "largest value");
        if (width < 1 || height < 1 || (long)width * height > Picture.MostPixels)
            throw new InvalidDataException($"{name} declares a size of {width} x {height} pixels.");
        if (maximum is < 1 or > 65535)
            throw new InvalidDataException($"{name} declares a largest value of {maximum}; PGM allows 1 ... 65535.");

        int count = width * height;
        int bytesPerPixel = maximum > 255 ? 2 : 1;
        at++; // the one white space that ends the header
        int needed = binary ? count * bytesPerPixel : count; // a plain number takes at least one byte
        if (file.Length - at < needed)
            throw new InvalidDataException(
                $"{name} is truncated: {width} x {height} pixels need {needed} bytes and {Math.Max(0, file.Length - at)} are there.");

        var pixels = new byte[count];
        for (int i = 0; i < count; i++)
        {
            int value = !binary ? ReadNumber(file, ref at, name, $"value of pixel {i}")
                : bytesPerPixel == 1 ? file[at + i]
                : BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2 * i)..]);
            if (value > maximum)
                throw new InvalidDataException($"{name}: pixel {i} is {value}, above the declared largest value {maximum}.");
            pixels[i] = maximum == 255 ? (byte)value : (byte)((value * 255L + maximum / 2) / maximum);
        }

        return new Picture(1, height, width, pixels);
    }

    private static int ReadNumber(ReadOnlySpan<byte> file, ref int at, string name, string what)
    {
        while (at < file.Length && (file[at] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\v' or (byte)'\f' or (byte)'\r' or (byte)'#'))
        {
            if (file[at] == '#') while (at < file.Length && file[at] != '\n') at++;
            else at++;
        }

        int first = at;
        long value = 0;
        for (; at < file.Length && file[at] is >= (byte)'0' and <= (byte)'9' && value <= int.MaxValue; at++) value = 10 * value + file[at] - '0';
        if (at == first || value > int.MaxValue) throw new InvalidDataException($"{name} is not a PGM file: no {what} at byte {first}.");
        return (int)value;
    }
}
