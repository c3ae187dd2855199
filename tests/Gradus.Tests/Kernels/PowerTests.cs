using Gradus.Ops;

namespace Gradus.Tests.Kernels;

/// <summary>Powers against double precision, and where they have special values; through the tensors, which use every lane.</summary>
public class PowerTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(-5)]
    [InlineData(17)]
    [InlineData(1.5f)]
    [InlineData(-2.5f)]
    public void Multiplied_powers_lose_half_a_unit_for_each_multiplication(float exponent) => Agree(exponent, _ => 1 + Math.Abs(exponent) / 2);

    [Theory]
    [InlineData(0.3f)]
    [InlineData(-1.7f)]
    [InlineData(37)]
    public void Other_powers_lose_as_many_as_their_exponential_is_large(float exponent) => Agree(exponent, x => 3 + 2 * Math.Abs(exponent * Math.Log(x)));

    [Fact]
    public void Special_values_are_those_of_the_standard()
    {
        const float nan = float.NaN, infinity = float.PositiveInfinity;
        float[] x = [0, -1, -2, 2, nan, infinity, -8];
        Assert.Equal([1f, 1, 1, 1, 1, 1, 1], Tensor.From(x).Pow(0).ToArray());
        Assert.Equal([0f, -1, -8, 8, nan, infinity, -512], Tensor.From(x).Pow(3).ToArray());
        Assert.Equal([0f, nan, nan, MathF.Pow(2, 0.3f), nan, infinity, nan], Tensor.From(x).Pow(0.3f).ToArray(), (a, b) => a.Equals(b) || Math.Abs(a - b) < 1e-6f);
        Assert.Equal([infinity, nan, nan, MathF.Pow(2, -0.3f), nan, 0, nan], Tensor.From(x).Pow(-0.3f).ToArray(), (a, b) => a.Equals(b) || Math.Abs(a - b) < 1e-6f);
        Tensor bases = Tensor.From(-2f, -2, -2, 0, 0, 0, -3, -1), exponents = Tensor.From(3f, 2, 0.5f, 0, 2, -1, -1, 16_777_215);
        Assert.Equal([-8f, 4, nan, 1, 0, infinity, -1f / 3, 1], bases.Pow(exponents).ToArray(), (a, b) => a.Equals(b) || Math.Abs(a - b) < 1e-6f);
    }

    [Fact]
    public void Gradients_at_zero_are_finite_where_the_power_is_smooth()
    {
        Tensor x = Tensor.From(0f, 0, 0), exponent = Tensor.From(2f, 0, 1);
        (x.RequiresGradient, exponent.RequiresGradient) = (true, true);
        x.Pow(exponent).Sum().Backward();
        Assert.Equal([0f, 0, 1], x.Gradient!.ToArray());
        Assert.Equal([0f, 0, 0], exponent.Gradient!.ToArray());
        x.Gradient = null;
        x.Pow(0).Sum().Backward();
        Assert.Equal([0f, 0, 0], x.Gradient!.ToArray());
    }

    private static void Agree(float exponent, Func<double, double> ulps)
    {
        var x = Tensor.Zeros([9001]);
        for (int i = 0; i < x.Count; i++) x.Span[i] = 0.2f + i * 5e-4f;
        var y = x.Pow(exponent);
        for (int i = 0; i < x.Count; i++)
        {
            double expected = Math.Pow(x.Span[i], exponent);
            double error = Math.Abs(y.Span[i] - expected) / (MathF.BitIncrement((float)expected) - (float)expected);
            Assert.True(error <= ulps(x.Span[i]), $"{x.Span[i]:R} to the {exponent} = {y.Span[i]:R} instead of {expected:R}: {error:F2} ulp");
        }
    }
}
