using Gradus.Initializers;

namespace Gradus.Tests.Optimizers;

public class InitializerTests
{
    // weight [300, 200]: 200 inputs, 300 outputs; [60, 20, 3, 5]: 300 inputs, 900 outputs
    public static TheoryData<string, int[], double, bool> Cases => new()
    {
        { "he", [300, 200], 2.0 / 200, false },
        { "he", [300, 200], 2.0 / 200, true },
        { "he", [60, 20, 3, 5], 2.0 / 300, true },
        { "xavier", [300, 200], 2.0 / 500, false },
        { "xavier", [300, 200], 2.0 / 500, true },
        { "xavier", [60, 20, 3, 5], 2.0 / 1200, false },
    };

    [Theory, MemberData(nameof(Cases))]
    public void The_variance_is_the_paper_s(string rule, int[] shape, double variance, bool uniform)
    {
        var weight = Tensor.Zeros(Shape.Of(shape));
        var random = new RandomSource(3);
        if (rule == "he") (uniform ? (Action<Tensor, RandomSource>)He.Uniform : He.Normal)(weight, random);
        else if (uniform) Xavier.Uniform(weight, random);
        else Xavier.Normal(weight, random);
        var values = Array.ConvertAll(weight.ToArray(), value => (double)value);
        double mean = values.Average(), measured = values.Sum(value => (value - mean) * (value - mean)) / values.Length;
        Assert.Equal(0, mean, 5 * Math.Sqrt(variance / values.Length)); // five standard errors
        Assert.InRange(measured / variance, 0.95, 1.05);
        double largest = values.Max(Math.Abs), bound = Math.Sqrt(3 * variance);
        Assert.True(uniform ? largest <= bound * 1.0001 && largest > bound * 0.99 : largest > bound * 1.5);
    }

    [Fact]
    public void A_vector_has_no_inputs_and_is_refused() => Assert.Throws<ShapeException>(() => He.Normal(Tensor.Zeros([3]), new RandomSource(1)));
}
