using Gradus.Kernels;

namespace Gradus.Tests.Kernels;

/// <summary>Resampling of blocked pictures, on whichever vectors the machine has, lane by lane as of plain ones.</summary>
public class ResamplingTests
{
    [Theory]
    [InlineData(ResamplingRule.Nearest), InlineData(ResamplingRule.Linear), InlineData(ResamplingRule.LinearCorners)]
    internal void Blocked_pictures_agree_with_plain_ones(ResamplingRule rule)
    {
        const int Planes = 3, Height = 5, Width = 4, Lanes = 16;
        var size = new Size2d(7, 9);
        Resampling blocked = new(Planes, Height, Width, size, Lanes, rule), plain = new(1, Height, Width, size, 1, rule);
        float[] x = Numbers(1, Planes * Height * Width * Lanes), dy = Numbers(2, Planes * 63 * Lanes), y = new float[dy.Length], dx = new float[x.Length];
        blocked.Forward(x, y);
        blocked.Backward(dy, dx);
        float[] oneY = new float[63], oneDx = new float[Height * Width];
        for (int lane = 0; lane < Planes * Lanes; lane++)
        {
            plain.Forward(Lane(x, lane, Height * Width), oneY);
            plain.Backward(Lane(dy, lane, 63), oneDx);
            foreach (var (expected, actual) in oneY.Concat(oneDx).Zip([.. Lane(y, lane, 63), .. Lane(dx, lane, Height * Width)])) Assert.Equal(expected, actual, 1e-5f);
        }

        static float[] Lane(float[] values, int lane, int pixels) => [.. Enumerable.Range(0, pixels).Select(pixel => values[(lane / Lanes * pixels + pixel) * Lanes + lane % Lanes])];
    }

    private static float[] Numbers(ulong seed, int count)
    {
        var numbers = new float[count];
        new RandomSource(seed).Uniform(numbers, -1, 1);
        return numbers;
    }
}
