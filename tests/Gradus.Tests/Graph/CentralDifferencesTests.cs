using Gradus.Graph;
using Gradus.Ops;

namespace Gradus.Tests.Graph;

public class CentralDifferencesTests
{
    [Fact]
    public void Of_a_cubic_they_are_its_derivative_and_the_values_stay()
    {
        var x = Tensor.From(-1.5f, 0, 0.25f, 2);
        var slopes = CentralDifferences.Of(() => (x * x * x).Sum(), x);
        for (int i = 0; i < x.Count; i++) Assert.Equal(3 * x.Span[i] * x.Span[i], slopes.Span[i], 2e-3f);
        Assert.Equal([-1.5f, 0, 0.25f, 2], x.ToArray());
    }

    [Fact]
    public void A_right_gradient_is_near_and_a_wrong_one_is_not()
    {
        var x = Tensor.From(0.5f, -1, 2);
        x.RequiresGradient = true;
        (x * x).Sum().Backward();
        var slopes = CentralDifferences.Of(() => (x * x).Sum(), x);
        Assert.InRange(CentralDifferences.Distance(x.Gradient!, slopes), 0, 1e-4);
        Assert.InRange(CentralDifferences.Distance(x.Gradient! + 1f, slopes), 0.2, 0.3); // 1 beside the largest, 4
    }

    [Fact]
    public void NaN_is_no_small_distance() => Assert.False(CentralDifferences.Distance(Tensor.From(1, float.NaN), Tensor.From(1, 2)) <= 1e9);

    [Fact]
    public void The_values_stay_where_the_loss_throws()
    {
        var x = Tensor.From(1, 2);
        Assert.Throws<InvalidOperationException>(() => CentralDifferences.Of(() => throw new InvalidOperationException(), x));
        Assert.Equal([1f, 2], x.ToArray());
    }

    [Fact]
    public void Bad_input_is_named()
    {
        var x = Tensor.From(1, 2);
        Assert.Throws<ArgumentOutOfRangeException>(() => CentralDifferences.Of(() => x.Sum(), x, step: 0));
        Assert.Contains("[2]", Assert.Throws<ShapeException>(() => CentralDifferences.Distance(x, Tensor.From(1, 2, 3))).Message, StringComparison.Ordinal);
    }
}
