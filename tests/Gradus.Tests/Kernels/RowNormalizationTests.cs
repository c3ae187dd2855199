using Gradus.Kernels;

namespace Gradus.Tests.Kernels;

/// <summary>Layer and group normalisation on whichever vectors the machine has.</summary>
public class RowNormalizationTests
{
    public static TheoryData<int, int> Sizes => new(
        from rows in new[] { 1, 3, 17, 130 }
        from width in new[] { 1, 7, 16, 31, 64, 128, 771 }
        select (rows, width));

    [Theory, MemberData(nameof(Sizes))]
    public void Rows_agree_with_double_precision(int rows, int width)
    {
        var random = new RandomSource((ulong)(rows * width));
        float[] x = Numbers(random, rows * width), dy = Numbers(random, x.Length), gain = Numbers(random, width), bias = Numbers(random, width);
        float[] y = new float[x.Length], dx = new float[x.Length], dGain = new float[width], dBias = new float[width], mean = new float[rows], inverse = new float[rows];
        float[] scratch = new float[RowNormalization.ScratchLength(rows, width)];
        RowNormalization.Forward(x, gain, bias, y, mean, inverse, width, 1e-3f);
        RowNormalization.Backward(x, dy, gain, mean, inverse, dx, dGain, dBias, scratch, width);

        double[] expectedGain = new double[width], expectedBias = new double[width];
        for (int row = 0; row < rows; row++)
        {
            var (normal, deviation) = Normal(x[(row * width)..((row + 1) * width)]);
            double[] scaled = [.. gain.Select((g, i) => (double)g * dy[row * width + i])];
            double sum = scaled.Average(), dot = scaled.Zip(normal, (a, b) => a * b).Average();
            for (int i = 0; i < width; i++)
            {
                Assert.Equal(normal[i] * gain[i] + bias[i], y[row * width + i], 2e-5);
                Assert.Equal((scaled[i] - sum - normal[i] * dot) / deviation, dx[row * width + i], 1e-4 / deviation);
                expectedGain[i] += dy[row * width + i] * normal[i];
                expectedBias[i] += dy[row * width + i];
            }
        }

        for (int i = 0; i < width; i++)
        {
            Assert.Equal(expectedGain[i], dGain[i], 1e-4);
            Assert.Equal(expectedBias[i], dBias[i], 1e-4);
        }
    }

    [Theory]
    [InlineData(1, 1, 1, 2), InlineData(2, 6, 3, 7), InlineData(3, 4, 4, 16), InlineData(2, 8, 2, 49), InlineData(5, 4, 1, 130)]
    public void Groups_agree_with_double_precision(int images, int channels, int groups, int plane)
    {
        var random = new RandomSource((ulong)(channels * plane));
        float[] x = Numbers(random, images * channels * plane), dy = Numbers(random, x.Length), gain = Numbers(random, channels), bias = Numbers(random, channels);
        float[] y = new float[x.Length], dx = new float[x.Length], dGain = new float[channels], dBias = new float[channels];
        float[] mean = new float[images * groups], inverse = new float[images * groups];
        var kernel = new GroupNormalization(images, channels, plane, groups);
        float[] scratch = new float[kernel.ScratchLength];
        kernel.Forward(x, gain, bias, y, mean, inverse, 1e-3f);
        kernel.Backward(x, dy, gain, mean, inverse, dx, dGain, dBias, scratch);

        int length = channels / groups * plane;
        double[] expectedGain = new double[channels], expectedBias = new double[channels];
        for (int row = 0; row < images * groups; row++)
        {
            var (normal, deviation) = Normal(x[(row * length)..((row + 1) * length)]);
            double[] scaled = [.. normal.Select((_, i) => (double)gain[Channel(row * length + i)] * dy[row * length + i])];
            double sum = scaled.Average(), dot = scaled.Zip(normal, (a, b) => a * b).Average();
            for (int i = 0; i < length; i++)
            {
                int place = row * length + i, channel = Channel(place);
                Assert.Equal(normal[i] * gain[channel] + bias[channel], y[place], 2e-5);
                Assert.Equal((scaled[i] - sum - normal[i] * dot) / deviation, dx[place], 1e-4 / deviation);
                expectedGain[channel] += dy[place] * normal[i];
                expectedBias[channel] += dy[place];
            }
        }

        for (int i = 0; i < channels; i++)
        {
            Assert.Equal(expectedGain[i], dGain[i], 1e-4);
            Assert.Equal(expectedBias[i], dBias[i], 1e-4);
        }

        int Channel(int place) => place / plane % channels;
    }

    [Fact]
    public void A_constant_row_gives_the_bias_and_a_finite_gradient()
    {
        float[] x = [.. Enumerable.Repeat(7f, 37)], bias = [.. Enumerable.Range(0, 37).Select(i => (float)i)], y = new float[37], mean = new float[1], inverse = new float[1];
        RowNormalization.Forward(x, [], bias, y, mean, inverse, 37, 1e-5f);
        Assert.All(y.Zip(bias), pair => Assert.Equal(pair.Second, pair.First, 1e-3f));
        float[] dx = new float[37];
        RowNormalization.Backward(x, bias, [], mean, inverse, dx, [], [], [], 37);
        Assert.All(dx, value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void A_large_mean_costs_no_digits()
    {
        float[] x = [.. Enumerable.Range(0, 100).Select(i => 4096f + i % 2)], y = new float[100], mean = new float[1], inverse = new float[1];
        RowNormalization.Forward(x, [], [], y, mean, inverse, 100, 0);
        for (int i = 0; i < 100; i++) Assert.Equal(i % 2 == 0 ? -1 : 1, y[i], 1e-3f);
    }

    private static (double[] Normal, double Deviation) Normal(float[] values)
    {
        double mean = values.Average(value => (double)value), deviation = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)) + 1e-3f);
        return ([.. values.Select(value => (value - mean) / deviation)], deviation);
    }

    private static float[] Numbers(RandomSource random, int count)
    {
        var numbers = new float[count];
        random.Uniform(numbers, -2, 2);
        return numbers;
    }
}
