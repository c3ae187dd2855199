namespace Gradus.Kernels.Convolution;

/// <summary>A picture's row with zeros around it, copied to where an inner loop may run over it without knowing edges.</summary>
internal static unsafe class BorderedRow
{
    /// <summary>to[left + x] = plane[y, x], and 0 wherever that is outside the picture; a pixel is <paramref name="lanes"/> floats.</summary>
    /// <param name="plane">[height, width, lanes].</param>
    /// <param name="height">Rows of the picture.</param>
    /// <param name="width">Pixels of its rows.</param>
    /// <param name="lanes">Floats of a pixel.</param>
    /// <param name="y">The row; may lie outside.</param>
    /// <param name="left">Where the picture's first pixel goes; may be negative.</param>
    /// <param name="to">All of its pixels are written.</param>
    /// <param name="pixels">Pixels of <paramref name="to"/>.</param>
    public static void Copy(float* plane, int height, int width, int lanes, int y, int left, float* to, int pixels)
    {
        var target = new Span<float>(to, pixels * lanes);
        var (from, start, count) = Overlap(width, left, pixels);
        if (y < 0 || y >= height || count == 0)
        {
            target.Clear();
            return;
        }

        target[..(start * lanes)].Clear();
        new ReadOnlySpan<float>(plane + (((long)y * width) + from) * lanes, count * lanes).CopyTo(target[(start * lanes)..]);
        target[((start + count) * lanes)..].Clear();
    }

    /// <summary>The same from planes [channels, height, width] to pixels of 16 lanes; lanes beyond the channels are zero.</summary>
    public static void CopyInterleaved(float* planes, int channels, int height, int width, int y, int left, float* to, int pixels)
    {
        new Span<float>(to, pixels * Blocked.Lanes).Clear();
        if (y < 0 || y >= height) return;
        var (from, start, count) = Overlap(width, left, pixels);
        for (int channel = 0; channel < channels; channel++)
        {
            float* row = planes + (((long)channel * height) + y) * width + from;
            float* lane = to + start * Blocked.Lanes + channel;
            for (int x = 0; x < count; x++) lane[x * Blocked.Lanes] = row[x];
        }
    }

    private static (int From, int Start, int Count) Overlap(int width, int left, int pixels)
    {
        int from = Math.Max(0, -left), start = Math.Clamp(left, 0, pixels);
        return (from, start, Math.Max(0, Math.Min(width - from, pixels - start)));
    }
}
