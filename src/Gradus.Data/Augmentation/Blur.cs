using System.Numerics.Tensors;

namespace Gradus.Data;

/// <summary>Blurs by a Gaussian whose deviation is from 0.1 to S pixels; the border is mirrored.</summary>
/// <param name="deviation">S, in pixels; 0.1 to 10.</param>
public sealed class Blur(float deviation = 1) : PixelAugmentation(deviation, LeastDeviation, MostDeviation)
{
    private const float LeastDeviation = 0.1f, MostDeviation = 10;
    private const int MostRadius = 3 * (int)MostDeviation; // beyond three deviations nothing is left

    /// <inheritdoc/>
    public override string Meaning => "blurs by a Gaussian of deviation 0.1 to S pixels";

    /// <inheritdoc/>
    protected internal override void Apply(Span<float> picture, PictureShape shape, ref RandomDraws draws, Span<float> scratch) =>
        Convolve(picture, shape, draws.Between(LeastDeviation, Strength), scratch);

    /// <summary>Separable: along the rows into the scratch, then down the columns back.</summary>
    internal static void Convolve(Span<float> picture, PictureShape shape, float deviation, Span<float> scratch)
    {
        Span<float> weights = stackalloc float[MostRadius + 1];
        int radius = Weights(weights, deviation);
        var (height, width) = (shape.Height, shape.Width);
        var blurred = scratch[..shape.Plane];
        for (int c = 0; c < shape.Channels; c++)
        {
            var plane = picture.Slice(c * shape.Plane, shape.Plane);
            for (int y = 0; y < height; y++)
                AlongRow(plane.Slice(y * width, width), blurred.Slice(y * width, width), weights[..(radius + 1)], scratch[shape.Plane..]);
            for (int y = 0; y < height; y++)
            {
                var row = plane.Slice(y * width, width);
                TensorPrimitives.Multiply(blurred.Slice(y * width, width), weights[0], row);
                for (int k = 1; k <= radius; k++)
                {
                    TensorPrimitives.MultiplyAdd(blurred.Slice(Mirrored(y - k, height) * width, width), weights[k], row, row);
                    TensorPrimitives.MultiplyAdd(blurred.Slice(Mirrored(y + k, height) * width, width), weights[k], row, row);
                }
            }
        }
    }

    private static void AlongRow(ReadOnlySpan<float> source, Span<float> row, ReadOnlySpan<float> weights, Span<float> scratch)
    {
        int radius = weights.Length - 1, width = source.Length;
        var bordered = scratch[..(width + 2 * radius)];
        source.CopyTo(bordered[radius..]);
        for (int k = 1; k <= radius; k++)
        {
            bordered[radius - k] = source[Mirrored(-k, width)];
            bordered[radius + width - 1 + k] = source[Mirrored(width - 1 + k, width)];
        }

        TensorPrimitives.Multiply(source, weights[0], row);
        for (int k = 1; k <= radius; k++)
        {
            TensorPrimitives.MultiplyAdd(bordered.Slice(radius - k, width), weights[k], row, row);
            TensorPrimitives.MultiplyAdd(bordered.Slice(radius + k, width), weights[k], row, row);
        }
    }

    // The weights of the middle and of one side; both sides and the middle sum to 1.
    private static int Weights(Span<float> weights, float deviation)
    {
        int radius = Math.Min(MostRadius, (int)MathF.Ceiling(3 * deviation));
        float sum = 0;
        for (int k = 0; k <= radius; k++)
        {
            weights[k] = MathF.Exp(-k * k / (2 * deviation * deviation));
            sum += k == 0 ? weights[k] : 2 * weights[k];
        }

        for (int k = 0; k <= radius; k++) weights[k] /= sum;
        return radius;
    }

    // ... 2 1 0 1 2 ... n-2 n-1 n-2 ...: the border itself is not repeated, and small pictures are mirrored more than once.
    private static int Mirrored(int i, int count)
    {
        if (count == 1) return 0;
        int period = 2 * (count - 1);
        i = (i % period + period) % period;
        return Math.Min(i, period - i);
    }
}
