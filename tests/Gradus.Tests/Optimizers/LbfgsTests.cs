using Gradus.Losses;
using Gradus.Ops;

namespace Gradus.Tests.Optimizers;

public class LbfgsTests
{
    // Nocedal and Wright's equation 6.17, H = (I - ρ s yᵀ) H (I - ρ y sᵀ) + ρ s sᵀ, written out over the whole matrix.
    [Theory, InlineData(0), InlineData(1), InlineData(5)]
    public void The_two_loops_give_what_the_whole_matrix_gives(int pairs)
    {
        const int N = 7;
        var random = new Random(3);
        var kept = Enumerable.Range(0, pairs).Select(_ => Pair()).ToArray();
        var h = new double[N, N];
        double scale = pairs == 0 ? 1 : kept[^1].Product / kept[^1].Change.Sum(y => y * y);
        for (int i = 0; i < N; i++) h[i, i] = scale;
        foreach (var (s, y, product) in kept)
        {
            var left = new double[N, N];
            for (int i = 0; i < N; i++) for (int j = 0; j < N; j++) left[i, j] = (i == j ? 1 : 0) - s[i] * y[j] / product;
            var next = new double[N, N];
            for (int i = 0; i < N; i++)
            {
                for (int j = 0; j < N; j++)
                {
                    next[i, j] = s[i] * s[j] / product;
                    for (int k = 0; k < N; k++) for (int l = 0; l < N; l++) next[i, j] += left[i, k] * h[k, l] * left[j, l];
                }
            }

            h = next;
        }

        double[] gradient = Vector(), direction = Lbfgs.Direction(kept, gradient);
        for (int i = 0; i < N; i++) Assert.Equal(-Enumerable.Range(0, N).Sum(j => h[i, j] * gradient[j]), direction[i], 1e-9);

        double[] Vector() => [.. Enumerable.Range(0, N).Select(_ => random.NextDouble() * 2 - 1)];

        CurvaturePair Pair()
        {
            double[] s = Vector(), y = [.. s.Select((value, i) => value * (1 + i))]; // y = A s with a positive A
            return new CurvaturePair(s, y, s.Zip(y).Sum(pair => pair.First * pair.Second));
        }
    }

    public static TheoryData<string, double> Lines => new()
    {
        { "parabola", 1 }, { "parabola", 1e-3 }, { "parabola", 1e4 }, { "quartic", 1 }, { "quartic", 50 }, { "waves", 0.1 }, { "waves", 30 }, { "wall", 5 },
    };

    [Theory, MemberData(nameof(Lines))]
    public void A_line_search_ends_with_both_Wolfe_conditions(string line, double first)
    {
        var start = At(0);
        var found = StrongWolfe.Search(At, start, first);
        Assert.True(found.Length > 0);
        Assert.True(found.Value <= start.Value + StrongWolfe.Decrease * found.Length * start.Slope);
        Assert.True(Math.Abs(found.Slope) <= StrongWolfe.Flatness * Math.Abs(start.Slope));

        Trial At(double a)
        {
            var (value, slope) = line switch
            {
                "parabola" => ((a - 3) * (a - 3), 2 * (a - 3)),
                "quartic" => (Math.Pow(a - 2, 4) - a, 4 * Math.Pow(a - 2, 3) - 1),
                "waves" => (0.1 * a * a - a + Math.Sin(5 * a) / 10, 0.2 * a - 1 + Math.Cos(5 * a) / 2),
                _ => a < 1 ? (-Math.Log(1 - a) - 4 * a, 1 / (1 - a) - 4) : (double.NaN, double.NaN), // infinite from 1 on
            };
            return new Trial(a, value, slope, new object());
        }
    }

    [Fact]
    public void Rosenbrock_s_valley_is_followed_to_its_end()
    {
        var (x, y) = (Parameter.Zeros([1]), Parameter.Zeros([1]));
        (x.Span[0], y.Span[0]) = (-1.2f, 1);
        var optimizer = new Lbfgs([x, y], history: 5);
        int evaluations = 0;
        double loss = optimizer.Minimize(() =>
        {
            evaluations++;
            var (slope, valley) = (x - 1, y - x * x);
            return (slope * slope + valley * valley * 100).Sum();
        });
        Assert.InRange(loss, 0, 1e-7);
        Assert.Equal(1, x.Span[0], 1e-3f);
        Assert.Equal(1, y.Span[0], 1e-3f);
        Assert.InRange(evaluations, 20, 90); // gradient descent takes thousands
    }

    [Fact]
    public void A_quadratic_of_many_scales_is_solved_where_gradient_descent_hardly_moves()
    {
        var w = Parameter.Zeros([40]);
        var curvature = Tensor.From([.. Enumerable.Range(0, 40).Select(i => MathF.Pow(10, i / 13f))], [40]); // 1 to 1000
        double loss = new Lbfgs([w]).Minimize(() => ((w - 1) * (w - 1) * curvature).Sum(), iterations: 200);
        Assert.InRange(loss, 0, 1e-6);
    }

    [Fact]
    public void A_model_is_fitted_step_by_step_and_never_gets_worse()
    {
        var random = new RandomSource(1);
        var model = new Gradus.Layers.Sequential(new Gradus.Layers.Linear(2, 8, random: random), new Gradus.Layers.Tanh(), new Gradus.Layers.Linear(8, 2, random: random));
        var (x, labels) = (Tensor.From(new float[,] { { 0, 0 }, { 0, 1 }, { 1, 0 }, { 1, 1 } }), new IntTensor(0, 1, 1, 0));
        var optimizer = new Lbfgs(model.Parameters);
        double before = double.PositiveInfinity;
        for (int step = 0; step < 30; step++)
        {
            double loss = optimizer.Step(() => CrossEntropy.Of(model.Forward(x), labels));
            Assert.True(loss <= before, $"step {step}: {before} became {loss}");
            Assert.Equal(CrossEntropy.Of(model.Forward(x), labels).Item(), loss, 1e-7); // the parameters are those of the loss
            before = loss;
        }

        Assert.InRange(before, 0, 1e-2);
    }

    [Fact]
    public void It_stays_where_the_loss_does_not_fall_and_refuses_to_begin_at_NaN()
    {
        var w = Parameter.Zeros([3]);
        Assert.Equal(0, new Lbfgs([w]).Minimize(() => (w * w).Sum()));
        Assert.Equal([0, 0, 0], w.ToArray());
        w.Span[0] = float.NaN;
        Assert.Contains("NaN", Assert.Throws<ArithmeticException>(() => new Lbfgs([w]).Step(() => (w * w).Sum())).Message);
    }
}
