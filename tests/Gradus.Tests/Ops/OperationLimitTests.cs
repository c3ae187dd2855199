using Gradus.Layers;
using Gradus.Ops;

namespace Gradus.Tests.Ops;

/// <summary>Values at which the formulas of activations, choices, moments and look-up break, and what is refused.</summary>
public class OperationLimitTests
{
    [Fact]
    public void Activations_reach_their_limits()
    {
        const float infinity = float.PositiveInfinity;
        var x = Tensor.From(-infinity, -1e4f, 1e4f, infinity);
        Assert.Equal([-1f, -1, 1e4f, infinity], x.Elu().ToArray());
        Assert.Equal([0f, 0, 1e4f, infinity], x.Softplus().ToArray());
        Assert.Equal([0f, 0, 1e4f, infinity], x.Silu().Abs().ToArray());
        Assert.Equal([0f, 0, 1e4f, infinity], x.GeluTanh().Abs().ToArray());
        Assert.Equal([0f, 0, 1e4f, infinity], x.HardSwish().Abs().ToArray());
        Assert.Equal([-infinity, -100, 1e4f, infinity], x.LeakyRelu().ToArray());
    }

    [Fact]
    public void Derivatives_far_out_are_zero_and_one()
    {
        foreach (var activation in (Func<Tensor, Tensor>[])[x => x.Elu(), x => x.Softplus(), x => x.Silu(), x => x.GeluTanh(), x => x.HardSwish()])
        {
            var x = Tensor.From(-1e30f, -1e4f, 1e4f, 1e30f);
            x.RequiresGradient = true;
            activation(x).Sum().Backward();
            Assert.Equal([0f, 0, 1, 1], x.Gradient!.ToArray().Select(Math.Abs));
        }
    }

    [Fact]
    public void Small_arguments_keep_their_digits()
    {
        Assert.Equal(-1e-6f, Tensor.Scalar(-1e-6f).Elu().Item(), 1e-12f);
        Assert.Equal(MathF.Exp(-30), Tensor.Scalar(-30).Softplus().Item(), 1e-19f);
    }

    [Fact]
    public void Not_a_number_is_never_hidden()
    {
        var x = Tensor.From(1f, float.NaN, -2);
        Assert.All(
            [
                x.Min(), x.Variance(), x.LogSumExp(), x.Abs().Sum(), x.Clamp(-1, 1).Sum(), x.Elu().Sum(), x.Softplus().Sum(), x.Silu().Sum(), x.GeluTanh().Sum(), x.HardSwish().Sum(),
                x.LeakyRelu().Sum(), x.Minimum(Tensor.Scalar(0)).Sum(), Tensor.Scalar(0).Maximum(x).Sum(), x.PRelu(Tensor.From(0.5f)).Sum(), x.Square().Sum(), x.Pow(0.3f).Sum(),
            ],
            result => Assert.Equal(float.NaN, result.Item()));
    }

    [Fact]
    public void Nothing_compares_to_not_a_number_but_inequality()
    {
        Tensor a = Tensor.From(float.NaN, float.NaN, 1), b = Tensor.From(1f, float.NaN, float.NaN);
        Assert.All([a > b, a < b, a >= b, a <= b, a.Equal(b)], result => Assert.Equal([0f, 0, 0], result.ToArray()));
        Assert.Equal([1f, 1, 1], a.NotEqual(b).ToArray());
    }

    [Fact]
    public void A_comparison_stops_gradients()
    {
        var x = Tensor.From(1f, -2);
        x.RequiresGradient = true;
        ((x > 0) * x).Sum().Backward();
        Assert.Equal([1f, 0], x.Gradient!.ToArray());
        Assert.Throws<InvalidOperationException>(() => (x > 0).Sum().Backward());
    }

    [Fact]
    public void What_is_not_chosen_leaves_no_trace()
    {
        var x = Tensor.From(0f, 4);
        x.RequiresGradient = true;
        var y = Tensor.Where(x > 0, x.Reciprocal(), Tensor.Scalar(7)); // 1 / 0 is infinite
        Assert.Equal([7f, 0.25f], y.ToArray());
        var (infinite, notNumber) = (Tensor.From(1f, float.PositiveInfinity), Tensor.From(float.NaN, 2f));
        (infinite.RequiresGradient, notNumber.RequiresGradient) = (true, true);
        var chosen = Tensor.Where(Tensor.From(1f, 0), infinite, notNumber);
        chosen.Sum().Backward();
        Assert.Equal([1f, 2], chosen.ToArray());
        Assert.Equal([1f, 0], infinite.Gradient!.ToArray());
        Assert.Equal([0f, 1], notNumber.Gradient!.ToArray());
        Assert.Equal([float.NegativeInfinity, 3], Tensor.Where(Tensor.From(0f, 1), Tensor.From(2f, 3), float.NegativeInfinity).ToArray());
    }

    [Fact]
    public void Of_equal_numbers_each_gets_half_the_gradient_and_of_equal_minima_the_first_all()
    {
        Tensor a = Tensor.From(1f, 2, 3), b = Tensor.From(1f, 3, 2);
        (a.RequiresGradient, b.RequiresGradient) = (true, true);
        a.Maximum(b).Sum().Backward();
        Assert.Equal([0.5f, 0, 1], a.Gradient!.ToArray());
        Assert.Equal([0.5f, 1, 0], b.Gradient!.ToArray());
        var x = Tensor.From(2f, 1, 1, 5);
        x.RequiresGradient = true;
        x.Min().Backward();
        Assert.Equal([0f, 1, 0, 0], x.Gradient!.ToArray());
        Assert.Contains("minimum of no elements", Assert.Throws<ShapeException>(() => Tensor.Zeros([0, 3]).Min(0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_large_mean_costs_the_variance_no_digits()
    {
        var x = Tensor.Zeros([1000, 3]);
        for (int i = 0; i < x.Count; i++) x.Span[i] = 1e6f + i / 3 % 5; // of 0 to 4: variance 2
        Assert.All(x.Variance(0).ToArray(), value => Assert.Equal(2, value, 1e-5f));
        Assert.Equal(2, x.Variance().Item(), 1e-5f);
        Assert.Equal(2f * 1000 / 999, x.Transpose().Variance([1], keepAxes: false, correction: 1).Span[2], 1e-5f);
        Assert.Equal([0f, 0], Tensor.From([5f, 5, 5, 5], [2, 2]).Variance(1).ToArray());
        Assert.Equal(float.NaN, Tensor.Scalar(3).Variance([], keepAxes: false, correction: 1).Item());
    }

    [Fact]
    public void A_log_sum_of_exponentials_overflows_nowhere()
    {
        const float infinity = float.PositiveInfinity;
        var x = Tensor.From([1e4f, 1e4f, -1e4f, -1e4f, -infinity, -infinity, 1, infinity, -infinity, 3], [5, 2]);
        x.RequiresGradient = true;
        var y = x.LogSumExp(1);
        Assert.Equal([1e4f + MathF.Log(2), -1e4f + MathF.Log(2), -infinity, infinity, 3], y.ToArray());
        Tensor.Where(Tensor.From(1f, 1, 1, 0, 1), y, 0).Sum().Backward();
        float[] gradient = x.Gradient!.ToArray();
        Assert.Equal([0.5f, 0.5f, 0.5f, 0.5f], gradient[..4], (a, b) => Math.Abs(a - b) < 1e-3f); // 1e4 + log 2 is rounded to a thousandth
        Assert.Equal([0f, 0, 0, 1], [.. gradient[4..6], .. gradient[8..]]);
        Assert.Equal(-infinity, Tensor.Zeros([0]).LogSumExp().Item());
    }

    [Fact]
    public void Rows_named_often_get_the_sum_and_padding_gets_nothing()
    {
        var layer = new Embedding(4, 2, padding: 0);
        Assert.Equal([0f, 0], layer.Weight.ToArray()[..2]);
        layer.Forward(new IntTensor([1, 0, 1, 3], [2, 2])).Sum().Backward();
        Assert.Equal([0f, 0, 2, 2, 0, 0, 1, 1], layer.Weight.Gradient!.ToArray());
        Assert.Equal(layer.Forward(new IntTensor(1, 3)).ToArray(), layer.Forward(Tensor.From(1f, 3)).ToArray());
    }

    [Fact]
    public void What_does_not_fit_is_refused_by_name()
    {
        var x = Tensor.Zeros([3, 5]);
        Refused<ShapeException>("5 elements, which 2 equal parts do not make", () => x.Split(2));
        Refused<ShapeException>("parts of 2 + 2 elements do not make the 5", () => x.Split([2, 2], 1));
        Refused<ShapeException>("a part of [3, 5] cannot have -1 elements", () => x.Split([-1, 6], 1));
        Refused<ShapeException>("a pair of numbers for each of its 2 axes", () => x.Pad([(1, 1)]));
        Refused<ShapeException>("(3, 0) by Reflect: at most 2", () => x.Pad([(3, 0), (0, 0)], PaddingMode.Reflect));
        Refused<ShapeException>("use Slice to cut", () => x.Pad([(-1, 0), (0, 0)]));
        Refused<ShapeException>("by Replicate: at most 0", () => Tensor.Zeros([0]).Pad([(1, 0)], PaddingMode.Replicate));
        Refused<ArgumentOutOfRangeException>("number 3 at place 1 is outside 0 to 2", () => x.Gather(0, new IntTensor(0, 3)));
        Refused<ArgumentOutOfRangeException>("number -1 at place 0 is outside 0 to 4", () => x.Gather(1, new IntTensor(-1)));
        Refused<ArgumentException>("element 1 is 0.5", () => x.Embed(Tensor.From(1f, 0.5f)));
        Refused<ShapeException>("an embedding table is [vocabulary, d]", () => Tensor.Zeros([3]).Embed(new IntTensor(0)));
        Refused<ArgumentOutOfRangeException>("one of the vocabulary, 0 to 2; got -1", () => x.Embed(new IntTensor(0), padding: -1));
        Refused<ArgumentOutOfRangeException>("one of the vocabulary, 0 to 3; got 4", () => new Embedding(4, 2, padding: 4));
        Refused<ShapeException>("needs a slope of [1], or one for each channel", () => x.PRelu(Tensor.Ones([3])));
        Refused<ArgumentException>("the lower bound 2 is not at most", () => x.Clamp(2, 1));
        Refused<ArgumentOutOfRangeException>("finite slope of at least 0; got -1", () => x.LeakyRelu(-1));
        Refused<ArgumentOutOfRangeException>("finite α of at least 0; got NaN", () => x.Elu(float.NaN));
        Refused<ArgumentOutOfRangeException>("got 2", () => x.Variance([0], keepAxes: false, correction: 2));
        Refused<ShapeException>("do not broadcast", () => Tensor.Where(x, Tensor.Ones([2, 5]), 0));
    }

    private static void Refused<TException>(string text, Func<object> action)
        where TException : Exception =>
        Assert.Contains(text, Assert.Throws<TException>(action).Message, StringComparison.Ordinal);
}
