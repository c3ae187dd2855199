namespace Gradus.Data.Tests;

public class PixelTests
{
    private static float[] Apply(string text, float[] picture, PictureShape shape, int sample = 0)
    {
        float[] result = [.. picture];
        AugmentationPipeline.Parse(text).Apply(result, shape, 0, sample);
        return result;
    }

    [Fact]
    public void Blur_of_a_point_is_the_gaussian_and_keeps_the_sum()
    {
        var shape = new PictureShape(1, 9, 9);
        var picture = new float[81];
        picture[40] = 1;
        Blur.Convolve(picture, shape, 0.8f, new float[500]);
        Assert.Equal(1, picture.Sum(), 1e-5f);
        double Weight(int d) => Math.Exp(-d * d / (2 * 0.64));
        double sum = Enumerable.Range(-3, 7).Sum(Weight);
        for (int y = -4; y <= 4; y++)
        {
            for (int x = -4; x <= 4; x++)
            {
                double expected = Math.Abs(x) > 3 || Math.Abs(y) > 3 ? 0 : Weight(x) * Weight(y) / (sum * sum);
                Assert.Equal(expected, picture[(y + 4) * 9 + x + 4], 1e-6);
            }
        }
    }

    [Theory, InlineData(1, 1), InlineData(1, 7), InlineData(2, 2), InlineData(5, 3)]
    public void Blur_leaves_an_even_picture_of_any_size_even(int height, int width)
    {
        var shape = new PictureShape(3, height, width);
        Assert.All(Apply("blur:10", [.. Enumerable.Repeat(0.5f, shape.Length)], shape, 3), x => Assert.Equal(0.5f, x, 1e-5f));
    }

    [Theory, InlineData(100), InlineData(101)]
    public void Noise_has_its_mean_and_deviation(int width)
    {
        var shape = new PictureShape(3, 100, width);
        var noisy = Apply("noise:0.1", [.. Enumerable.Repeat(0.5f, shape.Length)], shape);
        double mean = noisy.Average(x => (double)x), deviation = Math.Sqrt(noisy.Average(x => (x - mean) * (x - mean)));
        Assert.Equal(0.5, mean, 3e-3);
        Assert.Equal(0.1, deviation, 2e-3);
        Assert.Equal(0.6827, noisy.Count(x => Math.Abs(x - 0.5) < 0.1) / (double)noisy.Length, 1e-2); // as a normal distribution has within one deviation
        Assert.True(noisy.Distinct().Count() > 0.9 * noisy.Length);
    }

    [Fact]
    public void Noise_stays_within_black_and_white() =>
        Assert.All(Apply("noise:1", new float[3 * 64], new PictureShape(3, 8, 8)), x => Assert.InRange(x, 0, 1));

    [Fact]
    public void Cutout_blackens_one_square_of_all_channels()
    {
        var shape = new PictureShape(3, 12, 10);
        var sizes = new HashSet<int>();
        for (int sample = 0; sample < 300; sample++)
        {
            var result = Apply("cutout:0.5", [.. Enumerable.Repeat(1f, shape.Length)], shape, sample);
            Assert.Equal(result[..120], result[120..240]);
            Assert.Equal(result[..120], result[240..]);
            var (height, width) = Rectangle(result[..120], 10, x => x == 0);
            Assert.InRange(height, 1, 5);
            Assert.InRange(width, 1, 5);
            sizes.Add(height * width);
        }

        Assert.Contains(25, sizes); // whole, and cut off by the border
        Assert.True(sizes.Count > 5);
    }

    [Fact]
    public void Erasing_overwrites_a_rectangle_of_2_to_33_percent_now_and_then()
    {
        var shape = new PictureShape(1, 40, 40);
        int erased = 0;
        for (int sample = 0; sample < 500; sample++)
        {
            var result = Apply("erasing:0.25", [.. Enumerable.Repeat(-1f, shape.Length)], shape, sample);
            if (result.All(x => x == -1)) continue;
            erased++;
            var (height, width) = Rectangle(result, 40, x => x >= 0);
            Assert.InRange(height * width, 0.018 * 1600, 0.35 * 1600);
            Assert.InRange((double)height / width, 0.25, 4);
        }

        Assert.InRange(erased, 95, 155); // 125, and three deviations
    }

    // The rectangle that the chosen values fill without a gap.
    private static (int Height, int Width) Rectangle(float[] plane, int stride, Func<float, bool> chosen)
    {
        int[] places = [.. Enumerable.Range(0, plane.Length).Where(i => chosen(plane[i]))];
        int height = places.Max(i => i / stride) - places.Min(i => i / stride) + 1, width = places.Max(i => i % stride) - places.Min(i => i % stride) + 1;
        Assert.Equal(height * width, places.Length);
        return (height, width);
    }
}
