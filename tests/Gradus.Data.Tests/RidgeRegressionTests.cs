using Gradus.Ops;

namespace Gradus.Data.Tests;

public class RidgeRegressionTests
{
    [Fact]
    public void The_worked_example()
    {
        // XᵀX/2 = [1 0.5; 0.5 1], XᵀY/2 = (1, 0.2), λ = 0.5: w = (0.7, -0.1).
        float root = MathF.Sqrt(2), half = root / 2, other = MathF.Sqrt(1.5f);
        var samples = Tensor.From(new float[,] { { root, half }, { 0, other } });
        float second = (0.4f - half * root) / other; // the targets (√2, second) give those inner products
        var weights = RidgeRegression.Solve(samples, Tensor.From(new float[,] { { root }, { second } }), 0.5);
        Assert.Equal(0.7f, weights.Span[0], 1e-5f);
        Assert.Equal(-0.1f, weights.Span[1], 1e-5f);
    }

    [Theory]
    [InlineData(30, 7, 2, 0.1)]
    [InlineData(7, 30, 3, 0.1)]
    [InlineData(16, 16, 1, 1e-3)]
    [InlineData(40, 5, 1, 0)]
    [InlineData(1, 1, 1, 2)]
    public void At_the_solution_the_gradient_is_0(int count, int features, int outputs, double strength)
    {
        var random = new RandomSource(3);
        Tensor samples = Tensor.Zeros([count, features]), targets = Tensor.Zeros([count, outputs]);
        random.Normal(samples.Span);
        random.Normal(targets.Span);
        var weights = RidgeRegression.Solve(samples, targets, strength);
        var residual = samples.MatMul(weights) - targets;
        var gradient = samples.MatMul(residual, transposeA: true) / count + weights * (float)strength;
        Assert.All(gradient.ToArray(), slope => Assert.Equal(0f, slope, 1e-4f));
    }

    [Fact]
    public void With_hardly_any_penalty_it_is_the_solution_of_smallest_norm()
    {
        // One sample (3, 4) with target 25: among all w with 3 a + 4 b = 25 the shortest is (3, 4).
        var weights = RidgeRegression.Solve(Tensor.From(new float[,] { { 3, 4 } }), Tensor.From(new float[,] { { 25 } }), 1e-9);
        Assert.Equal(3f, weights.Span[0], 1e-5f);
        Assert.Equal(4f, weights.Span[1], 1e-5f);
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        var twins = Tensor.Ones([5, 2]);
        Assert.Throws<ArithmeticException>(() => RidgeRegression.Solve(twins, Tensor.Ones([5, 1]), 0));
        Assert.Throws<ShapeException>(() => RidgeRegression.Solve(twins, Tensor.Ones([4, 1]), 1));
        Assert.Throws<ShapeException>(() => RidgeRegression.Solve(twins, Tensor.Ones([5]), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => RidgeRegression.Solve(twins, Tensor.Ones([5, 1]), -1));
    }
}
