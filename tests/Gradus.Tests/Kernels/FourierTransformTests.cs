using System.Numerics;
using Gradus.Kernels;

namespace Gradus.Tests.Kernels;

public class FourierTransformTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(64)]
    [InlineData(1024)]
    public void It_equals_the_sum_that_defines_it(int count)
    {
        var (real, imaginary) = Random(count);
        var defined = Enumerable.Range(0, count).Select(k => Enumerable.Range(0, count).Aggregate(
            Complex.Zero, (sum, t) => sum + new Complex(real[t], imaginary[t]) * Complex.FromPolarCoordinates(1, -2 * Math.PI * k * t / count))).ToArray();
        FourierTransform.Forward(real, imaginary);
        for (int k = 0; k < count; k++) Assert.True(Complex.Abs(new Complex(real[k], imaginary[k]) - defined[k]) <= 1e-5 * count, $"element {k} of {count}");
    }

    [Fact]
    public void The_inverse_gives_the_numbers_back()
    {
        var (real, imaginary) = Random(512);
        var (realBefore, imaginaryBefore) = ((float[])real.Clone(), (float[])imaginary.Clone());
        FourierTransform.Forward(real, imaginary);
        FourierTransform.Inverse(real, imaginary);
        Near(realBefore, real);
        Near(imaginaryBefore, imaginary);
    }

    [Theory]
    [InlineData(4, 16)]
    [InlineData(16, 4)]
    [InlineData(1, 8)]
    [InlineData(8, 1)]
    public void A_picture_is_transformed_along_both_sides(int height, int width)
    {
        var (real, imaginary) = Random(height * width);
        var (realBefore, imaginaryBefore) = ((float[])real.Clone(), (float[])imaginary.Clone());
        FourierTransform.Forward2d(real, imaginary, width);
        for (int v = 0; v < height; v++)
        {
            for (int u = 0; u < width; u++)
            {
                var sum = Complex.Zero;
                for (int y = 0; y < height; y++)
                    for (int x = 0; x < width; x++)
                        sum += new Complex(realBefore[y * width + x], imaginaryBefore[y * width + x]) * Complex.FromPolarCoordinates(1, -2 * Math.PI * ((double)v * y / height + (double)u * x / width));
                Assert.True(Complex.Abs(new Complex(real[v * width + u], imaginary[v * width + u]) - sum) <= 1e-4);
            }
        }

        FourierTransform.Inverse2d(real, imaginary, width);
        Near(realBefore, real);
        Near(imaginaryBefore, imaginary);
    }

    [Fact]
    public void Other_lengths_are_refused()
    {
        Assert.Contains("powers of two", Assert.Throws<ArgumentException>(() => FourierTransform.Forward(new float[12], new float[12])).Message, StringComparison.Ordinal);
        Assert.Contains("as many imaginary", Assert.Throws<ArgumentException>(() => FourierTransform.Forward(new float[8], new float[4])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => FourierTransform.Inverse2d(new float[24], new float[24], 8));
        Assert.Throws<ArgumentException>(() => FourierTransform.Forward2d(new float[16], new float[16], 0));
    }

    private static (float[] Real, float[] Imaginary) Random(int count)
    {
        var (real, imaginary) = (new float[count], new float[count]);
        var random = new RandomSource(5);
        random.Normal(real);
        random.Normal(imaginary);
        return (real, imaginary);
    }

    private static void Near(float[] expected, float[] actual)
    {
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-5f);
    }
}
