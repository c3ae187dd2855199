using Gradus.Ops;

namespace Gradus.Tests;

public class AutogradTests
{
    [Fact]
    public void A_product_rule_by_hand()
    {
        var a = Tensor.From(2, 3);
        var b = Tensor.From(5, 7);
        a.RequiresGradient = b.RequiresGradient = true;
        var loss = (a * b + a).Linear(Tensor.From([1, 1], [1, 2]), null);
        loss.Backward();
        Assert.Equal([6, 8], a.Gradient!.ToArray());
        Assert.Equal([2, 3], b.Gradient!.ToArray());
    }

    [Fact]
    public void Backward_accumulates()
    {
        var a = Tensor.From(2);
        a.RequiresGradient = true;
        (a * a).Backward();
        (a * a).Backward();
        Assert.Equal([8], a.Gradient!.ToArray());
    }

    [Fact]
    public void Broadcasting_sums_the_gradient_over_repeated_axes()
    {
        var a = Tensor.From([1, 2, 3, 4, 5, 6], [2, 3]);
        var b = Tensor.From(10, 20, 30);
        a.RequiresGradient = b.RequiresGradient = true;
        var loss = (a * b).Reshape(1, 6).Linear(Tensor.Ones([1, 6]), null);
        loss.Backward();
        Assert.Equal([5, 7, 9], b.Gradient!.ToArray());
        Assert.Equal([10, 20, 30, 10, 20, 30], a.Gradient!.ToArray());
    }
}
