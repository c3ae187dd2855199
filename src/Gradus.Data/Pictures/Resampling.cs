namespace Gradus.Data;

/// <summary>Resizes one plane with a triangle filter that widens as the picture shrinks, so that fine patterns do not alias.</summary>
/// <remarks>Separable: first along the rows, then down the columns. What Pillow calls <c>BILINEAR</c>.</remarks>
internal static class Resampling
{
    public static void Resize(ReadOnlySpan<byte> source, int height, int width, Span<byte> destination, int newHeight, int newWidth)
    {
        var (columns, rows) = (Weights(width, newWidth), Weights(height, newHeight));
        var narrowed = new float[height * newWidth];
        for (int y = 0; y < height; y++)
        {
            var row = source.Slice(y * width, width);
            for (int x = 0; x < newWidth; x++)
            {
                var (first, weights) = columns[x];
                float sum = 0;
                for (int k = 0; k < weights.Length; k++) sum += weights[k] * row[first + k];
                narrowed[y * newWidth + x] = sum;
            }
        }

        for (int y = 0; y < newHeight; y++)
        {
            var (first, weights) = rows[y];
            for (int x = 0; x < newWidth; x++)
            {
                float sum = 0;
                for (int k = 0; k < weights.Length; k++) sum += weights[k] * narrowed[(first + k) * newWidth + x];
                destination[y * newWidth + x] = (byte)Math.Clamp(sum + 0.5f, 0, 255);
            }
        }
    }

    // For each new place: the first old place that it sees, and the weights (sum 1) of that and the following ones.
    private static (int First, float[] Weights)[] Weights(int size, int newSize)
    {
        double scale = (double)size / newSize;
        double reach = Math.Max(1, scale);
        var places = new (int, float[])[newSize];
        for (int i = 0; i < newSize; i++)
        {
            double centre = (i + 0.5) * scale;
            int first = Math.Max(0, (int)(centre - reach + 0.5));
            int end = Math.Min(size, (int)(centre + reach + 0.5));
            var weights = new double[end - first];
            for (int k = 0; k < weights.Length; k++) weights[k] = Math.Max(0, 1 - Math.Abs((first + k + 0.5 - centre) / reach));
            double sum = weights.Sum();
            places[i] = (first, [.. weights.Select(w => (float)(w / sum))]);
        }

        return places;
    }
}
