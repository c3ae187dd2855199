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

    [Theory]
    [InlineData(1, 1), InlineData(1, 7), InlineData(7, 1), InlineData(20, 20), InlineData(13, 40), InlineData(40, 13), InlineData(6, 2, 3, 5)]
    public void Orthogonal_rows_or_columns_are_orthonormal(params int[] shape)
    {
        var weight = Tensor.Zeros(Shape.Of(shape));
        Orthogonal.Fill(weight, new RandomSource(5), gain: 2);
        int rows = shape[0], columns = weight.Count / rows;
        var (count, length) = (Math.Min(rows, columns), Math.Max(rows, columns));
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j < count; j++)
            {
                double product = Enumerable.Range(0, length).Sum(k => (double)At(i, k) * At(j, k));
                Assert.Equal(i == j ? 4 : 0, product, 1e-5);
            }
        }

        float At(int vector, int element) => rows <= columns ? weight.Span[vector * columns + element] : weight.Span[element * columns + vector];
    }

    [Fact]
    public void Orthogonal_matrices_are_spread_over_both_orientations()
    {
        var random = new RandomSource(1);
        int positive = 0;
        for (int i = 0; i < 400; i++)
        {
            var weight = Tensor.Zeros([2, 2]);
            Orthogonal.Fill(weight, random);
            var w = weight.ToArray();
            if (w[0] * w[3] - w[1] * w[2] > 0) positive++; // a rotation; else a reflection
        }

        Assert.InRange(positive, 150, 250); // five standard errors
    }

    [Theory, InlineData(0.5), InlineData(2), InlineData(3)]
    public void A_truncated_normal_has_the_variance_of_its_closed_form(double limit)
    {
        var weight = Tensor.Zeros([100, 1000]);
        TruncatedNormal.Fill(weight, new RandomSource(4), 0.02f, (float)limit);
        double[] values = Array.ConvertAll(weight.ToArray(), value => value / 0.02);
        double inside = Integral(x => 1), variance = Integral(x => x * x) / inside;
        Assert.True(values.Max(Math.Abs) <= limit * 1.000001 && values.Max(Math.Abs) > limit * 0.97);
        Assert.Equal(0, values.Average(), 5 * Math.Sqrt(variance / values.Length));
        Assert.InRange(values.Average(value => value * value) / variance, 0.97, 1.03);

        double Integral(Func<double, double> f) => Enumerable.Range(0, 10_000).Select(i => -limit + 2 * limit * (i + 0.5) / 10_000).Sum(x => f(x) * Math.Exp(-x * x / 2));
    }

    [Fact]
    public void Lsuv_gives_every_layer_unit_variance_on_the_data()
    {
        var random = new RandomSource(9);
        var layers = new Gradus.Layers.Conv2d[] { new(3, 8, 3, random: random), new(8, 8, 3, random: random) };
        var last = new Gradus.Layers.Linear(8 * 4 * 4, 5, random: random);
        var model = new Gradus.Layers.Sequential(layers[0], new Gradus.Layers.Relu(), layers[1], new Gradus.Layers.Tanh(), new Gradus.Layers.Flatten(), last);
        var batch = Tensor.Zeros([32, 3, 8, 8]);
        random.Normal(batch.Span, 1, 7); // far from normalised
        Lsuv.Fill(model.Forward, model.Parameters, batch, random, tolerance: 0.01f);
        var x = batch;
        foreach (var layer in model.Layers)
        {
            x = layer.Forward(x);
            if (layer is Gradus.Layers.Relu or Gradus.Layers.Tanh or Gradus.Layers.Flatten) continue;
            double mean = x.ToArray().Average();
            Assert.InRange(x.ToArray().Average(value => (value - mean) * (value - mean)), 0.98, 1.02);
        }

        Assert.All(model.Parameters, parameter => Assert.Null(parameter.Gradient));
        Assert.Contains("variance 0", Assert.Throws<InvalidOperationException>(() => Lsuv.Fill(model.Forward, model.Parameters, Tensor.Zeros([4, 3, 8, 8]), random)).Message);
    }

    [Fact]
    public void A_vector_has_no_inputs_and_is_refused() => Assert.All<Action>(
        [() => He.Normal(Tensor.Zeros([3]), new RandomSource(1)), () => Orthogonal.Fill(Tensor.Zeros([3]), new RandomSource(1))], fill => Assert.Throws<ShapeException>(fill));
}
