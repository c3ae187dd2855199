using System.Runtime.Intrinsics;
using Gradus.Kernels;

namespace Gradus.Tests.Kernels;

public class VectorMathTests
{
    private delegate void SpanFunction(ReadOnlySpan<float> x, Span<float> y);

    [Fact]
    public void Exp_is_within_two_ulp() => Agree(VectorMath.Exp, Math.Exp, -87, 88.7, ulps: 2);

    [Fact]
    public void Log_is_within_two_ulp()
    {
        Agree(VectorMath.Log, Math.Log, 1e-6, 4, ulps: 2);
        Agree(VectorMath.Log, Math.Log, 1, 1e30, ulps: 2);
        Agree(VectorMath.Log, Math.Log, 1e-40, 1e-37, ulps: 2);
    }

    [Fact]
    public void Expm1_is_within_two_ulp()
    {
        Agree(VectorMath.Expm1, Expm1, -20, 20, ulps: 2);
        Agree(VectorMath.Expm1, Expm1, -1e-3, 1e-3, ulps: 2);
    }

    [Fact]
    public void Log1p_is_within_three_ulp()
    {
        Agree(VectorMath.Log1p, Log1p, -0.9, 20, ulps: 3);
        Agree(VectorMath.Log1p, Log1p, -1e-3, 1e-3, ulps: 3);
        Agree(VectorMath.Log1p, Log1p, 1, 1e30, ulps: 3);
    }

    [Fact]
    public void Tanh_is_within_two_ulp() => Agree(VectorMath.Tanh, Math.Tanh, -12, 12, ulps: 2);

    [Fact]
    public void Sigmoid_is_within_three_ulp() => Agree(VectorMath.Sigmoid, x => 1 / (1 + Math.Exp(-x)), -80, 80, ulps: 3);

    [Fact]
    public void Erf_is_within_two_ulp() => Agree(VectorMath.Erf, Erf, -5, 5, ulps: 2);

    [Fact]
    public void Gelu_is_within_a_tenth_of_a_millionth_of_its_argument() =>
        Agree(VectorMath.Gelu, x => x * 0.5 * (1 + Erf(x / Math.Sqrt(2))), -8, 8, ulps: 4, floor: 1); // 1 + erf(x) cancels for negative x

    [Fact]
    public void Limits_are_exact_and_NaN_stays_NaN()
    {
        float[] x = [float.NegativeInfinity, float.PositiveInfinity, float.NaN, 0, -0f, 1000, -1000, float.MaxValue, float.MinValue];
        const float nan = float.NaN, infinity = float.PositiveInfinity;
        Equal(VectorMath.Exp, x, [0, infinity, nan, 1, 1, infinity, 0, infinity, 0]);
        Equal(VectorMath.Expm1, x, [-1, infinity, nan, 0, 0, infinity, -1, infinity, -1]);
        Equal(VectorMath.Log1p, [float.NegativeInfinity, infinity, nan, 0, -1, -2], [nan, infinity, nan, 0, -infinity, nan]);
        Equal(VectorMath.Tanh, x, [-1, 1, nan, 0, -0f, 1, -1, 1, -1]);
        Equal(VectorMath.Sigmoid, x, [0, 1, nan, 0.5f, 0.5f, 1, 0, 1, 0]);
        Equal(VectorMath.Erf, x, [-1, 1, nan, 0, -0f, 1, -1, 1, -1]);
        Equal(VectorMath.Log, [float.NegativeInfinity, infinity, nan, 0, -0f, 1, -1], [nan, infinity, nan, -infinity, -infinity, 0, nan]);
    }

    [Fact]
    public void Every_length_is_covered_and_nothing_behind_it()
    {
        for (int length = 0; length < 50; length++)
        {
            var x = new float[length];
            Array.Fill(x, 1f);
            var y = new float[length + 1];
            VectorMath.Exp(x, y);
            Assert.All(y[..length], value => Assert.Equal(MathF.E, value, 1e-6f));
            Assert.Equal(0, y[length]);
        }
    }

    [Fact]
    public void All_widths_agree_with_the_scalar_function()
    {
        for (float x = -9; x < 9; x += 0.37f)
        {
            if (Vector512.IsHardwareAccelerated) Assert.Equal(VectorMath.Tanh(x), VectorMath.Tanh(Vector512.Create(x))[15], 1e-6f);
            Assert.Equal(VectorMath.Tanh(x), VectorMath.Tanh(Vector256.Create(x))[7], 1e-6f);
            Assert.Equal(VectorMath.Tanh(x), VectorMath.Tanh(Vector128.Create(x))[3], 1e-6f);
        }
    }

    private static void Equal(SpanFunction function, float[] x, float[] expected)
    {
        var y = new float[x.Length];
        function(x, y);
        Assert.Equal(expected, y);
    }

    private static void Agree(SpanFunction function, Func<double, double> exact, double from, double to, double ulps, double floor = 0)
    {
        const int count = 200_003;
        float[] x = new float[count], y = new float[count];
        for (int i = 0; i < count; i++) x[i] = (float)(from + (to - from) * i / (count - 1));
        function(x, y);
        for (int i = 0; i < count; i++)
        {
            double expected = exact(x[i]);
            double error = Math.Abs(y[i] - expected) / (MathF.BitIncrement((float)Math.Max(Math.Abs(expected), floor)) - (float)Math.Max(Math.Abs(expected), floor));
            Assert.True(error <= ulps, $"f({x[i]:R}) = {y[i]:R} instead of {expected:R}: {error:F2} ulp");
        }
    }

    // Their series where the plain formula cancels: five terms reach 1e-15 at 0.002.
    private static double Expm1(double x) => Math.Abs(x) > 2e-3 ? Math.Exp(x) - 1 : x * (1 + x / 2 * (1 + x / 3 * (1 + x / 4 * (1 + x / 5))));

    private static double Log1p(double x) => Math.Abs(x) > 2e-3 ? Math.Log(1 + x) : x * (1 - x * (1d / 2 - x * (1d / 3 - x * (1d / 4 - x / 5))));

    // Abramowitz and Stegun 7.1.6, a series without cancellation.
    private static double Erf(double x)
    {
        double term = x, sum = x;
        for (int n = 1; n < 120; n++) sum += term *= 2 * x * x / (2 * n + 1);
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
