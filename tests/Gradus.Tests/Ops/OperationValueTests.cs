using Gradus.Ops;

namespace Gradus.Tests.Ops;

/// <summary>Values at which formulas break, and what operations do beside their output.</summary>
public class OperationValueTests
{
    [Fact]
    public void Training_moves_running_statistics_to_the_mean_and_the_unbiased_variance()
    {
        var x = Tensor.From([1f, 2, 3, 6], [4, 1]); // mean 3, Σ(x - mean)² = 14
        Tensor mean = Tensor.From(10f), variance = Tensor.From(2f);
        x.BatchNormalize(Tensor.Ones([1]), Tensor.Zeros([1]), mean, variance, training: true, momentum: 0.25f);
        Assert.Equal(10 + 0.25f * (3 - 10), mean.Item(), 1e-5f);
        Assert.Equal(2 + 0.25f * (14f / 3 - 2), variance.Item(), 1e-5f);
    }

    [Fact]
    public void Evaluation_leaves_running_statistics_alone()
    {
        Tensor mean = Tensor.From(10f), variance = Tensor.From(2f);
        Tensor.From([1f, 2], [2, 1]).BatchNormalize(Tensor.Ones([1]), Tensor.Zeros([1]), mean, variance, training: false);
        Assert.Equal((10f, 2f), (mean.Item(), variance.Item()));
    }

    [Fact]
    public void Huge_logits_overflow_nowhere()
    {
        var logits = Tensor.From([1e4f, -1e4f, 0], [1, 3]);
        Assert.Equal([1f, 0, 0], logits.Softmax().ToArray());
        Assert.Equal([0f, -2e4f, -1e4f], logits.LogSoftmax().ToArray());
        Assert.Equal(2e4f, logits.CrossEntropy(new IntTensor(1)).Item());
        Assert.Equal(2e4f / 3, Tensor.From(1e4f, -1e4f, -50).BinaryCrossEntropyWithLogits(Tensor.From(0f, 1, 0)).Item(), 1e-2f);
        Assert.Equal([1f, 0], Tensor.From(1e4f, -1e4f).Sigmoid().ToArray());
        Assert.Equal([1f, -1], Tensor.From(1e4f, -1e4f).Tanh().ToArray());
        Assert.Equal(1e4f, Tensor.From(1e4f).Gelu().Item());
        Assert.InRange(Tensor.From(-1e4f).Gelu().Item(), -1e-40f, 0);
    }

    [Fact]
    public void Not_a_number_is_never_hidden()
    {
        var x = Tensor.From([1f, float.NaN, 3, 2], [1, 1, 2, 2]);
        Assert.All(
            [x.Max(), x.Sum(), x.Mean(), x.MaxPool2d(2), x.AveragePool2d(2), x.Relu().Sum(), x.Gelu().Sum(), x.Sigmoid().Sum(), x.Tanh().Sum(), x.Softmax().Max(), x.MeanSquaredError(x)],
            result => Assert.Equal(float.NaN, result.Item()));
    }

    [Fact]
    public void Of_equal_maxima_the_first_gets_the_gradient()
    {
        var x = Tensor.From([2f, 5, 5, 5], [1, 1, 2, 2]);
        x.RequiresGradient = true;
        x.Max().Backward();
        Assert.Equal([0f, 1, 0, 0], x.Gradient!.ToArray());
        x.Gradient = null;
        x.MaxPool2d(2).Sum().Backward();
        Assert.Equal([0f, 1, 0, 0], x.Gradient!.ToArray());
    }

    [Fact]
    public void Reductions_of_nothing_are_zero_or_not_a_number_or_refused()
    {
        var x = Tensor.Zeros([0, 3]);
        Assert.Equal([0f, 0, 0], x.Sum(0).ToArray());
        Assert.Equal([float.NaN, float.NaN, float.NaN], x.Mean(0).ToArray());
        Assert.Contains("maximum of no elements", Assert.Throws<ShapeException>(() => x.Max(0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dropout_mask_drops_its_share_and_keeps_the_expected_value()
    {
        float[] dropped = Tensor.Ones([40_000]).Dropout(0.3f, new RandomSource(2)).ToArray();
        Assert.InRange(dropped.Count(value => value == 0) / 40_000.0, 0.29, 0.31);
        Assert.InRange(dropped.Average(), 0.99f, 1.01f);
    }

    [Fact]
    public void A_shape_spread_into_a_collection_gives_its_sizes()
    {
        Shape shape = [2, 3, 5];
        int[] sizes = [.. shape, 7];
        Assert.Equal([2, 3, 5, 7], sizes);
        Assert.True(shape is [2, .., 5]);
    }
}
