namespace Gradus.Data;

/// <summary>Reads as many bytes as a header declares without believing it: memory grows with what really comes.</summary>
internal static class BoundedRead
{
    /// <summary>Deflate codes at most 258 bytes in 2 bits: no stream grows more than 1,032-fold.</summary>
    public const int LargestDeflateRatio = 1032;

    private const int FirstStep = 1 << 20; // small enough for a lying header, large enough that honest files double few times

    /// <summary>Reads exactly <paramref name="count"/> bytes that end the stream.</summary>
    /// <exception cref="InvalidDataException">The stream has fewer or more.</exception>
    public static byte[] Exactly(Stream stream, int count, string name)
    {
        var data = new byte[Math.Min(count, FirstStep)];
        int read = 0;
        while (true)
        {
            read += stream.ReadAtLeast(data.AsSpan(read), data.Length - read, throwOnEndOfStream: false);
            if (read < data.Length)
                throw new InvalidDataException($"{name} is truncated: it declares {count} bytes of data and holds {read}.");
            if (read == count) break;
            Array.Resize(ref data, (int)Math.Min(count, 2L * data.Length));
        }

        if (stream.ReadByte() >= 0) throw new InvalidDataException($"{name} is longer than the {count} bytes of data that it declares.");
        return data;
    }
}
