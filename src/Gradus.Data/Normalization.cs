using System.Numerics.Tensors;

namespace Gradus.Data;

/// <summary>Brings each channel to mean 0 and deviation 1: (x - mean) / deviation, with figures taken from the training set.</summary>
/// <param name="Mean">One value per channel.</param>
/// <param name="Deviation">One value per channel; above 0.</param>
public sealed record Normalization(float[] Mean, float[] Deviation)
{
    /// <summary>The mean and deviation of each channel over all pixels of <paramref name="dataset"/>; a constant channel has deviation 1.</summary>
    /// <param name="dataset">The training set; never the test set, or it would leak into training.</param>
    public static Normalization Of(Dataset dataset)
    {
        int plane = dataset.Height * dataset.Width;
        var sample = new float[dataset.SampleLength];
        var (sum, squares) = (new double[dataset.Channels], new double[dataset.Channels]);
        for (int i = 0; i < dataset.Count; i++)
        {
            dataset.Read(i, sample);
            for (int c = 0; c < dataset.Channels; c++)
            {
                double channelSum = 0, channelSquares = 0; // double: 150 million values of 0 ... 1 lose no digit that matters
                foreach (float x in sample.AsSpan(c * plane, plane))
                {
                    channelSum += x;
                    channelSquares += (double)x * x;
                }

                sum[c] += channelSum;
                squares[c] += channelSquares;
            }
        }

        double count = (double)dataset.Count * plane;
        float[] mean = [.. sum.Select(s => (float)(s / count))];
        float[] deviation = [.. squares.Zip(sum, (q, s) => (float)Math.Sqrt(Math.Max(0, q / count - s / count * (s / count))))];
        return new Normalization(mean, [.. deviation.Select(d => d < 1e-6f ? 1 : d)]); // below: constant but for rounding
    }

    /// <summary>Normalises one sample in place.</summary>
    /// <param name="sample">[channels, height, width] or any other tail; its length is a multiple of the number of channels.</param>
    /// <exception cref="ArgumentException">The sample's length does not divide by the number of channels.</exception>
    public void Apply(Span<float> sample)
    {
        int plane = sample.Length / Mean.Length;
        if (plane * Mean.Length != sample.Length)
            throw new ArgumentException(
                $"A sample of {sample.Length} values does not have the {Mean.Length} channels of the normalisation.", nameof(sample));
        for (int c = 0; c < Mean.Length; c++)
        {
            var channel = sample.Slice(c * plane, plane);
            TensorPrimitives.Subtract(channel, Mean[c], channel);
            TensorPrimitives.Divide(channel, Deviation[c], channel);
        }
    }
}
