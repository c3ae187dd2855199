using Gradus.Losses;
using Gradus.Metrics;
using Gradus.Ops;

namespace Gradus.Tests.Losses;

public class PixelCrossEntropyTests
{
    [Theory]
    [InlineData(2, 3, 4, 5), InlineData(1, 2, 1, 1), InlineData(3, 7, 17, 2)]
    public void It_is_the_mean_over_the_pixels_that_count(int batch, int classes, int height, int width)
    {
        var (logits, labels) = Sample(batch, classes, height, width);
        var parameter = logits.Clone();
        parameter.RequiresGradient = true;
        var loss = PixelCrossEntropy.Of(parameter, labels);
        loss.Backward();
        int area = height * width, counted = labels.Span.ToArray().Count(label => label >= 0);
        double sum = 0;
        for (int pixel = 0; pixel < batch * area; pixel++)
        {
            int label = labels.Span[pixel], first = pixel / area * classes * area + pixel % area;
            double total = Enumerable.Range(0, classes).Sum(k => Math.Exp(logits.Span[first + k * area]));
            if (label >= 0) sum -= Math.Log(Math.Exp(logits.Span[first + label * area]) / total);
            for (int k = 0; k < classes; k++)
            {
                double expected = label < 0 ? 0 : (Math.Exp(logits.Span[first + k * area]) / total - (k == label ? 1 : 0)) / counted;
                Assert.Equal(expected, parameter.Gradient!.Span[first + k * area], 1e-5);
            }
        }

        Assert.Equal(sum / counted, loss.Item(), 1e-5);
    }

    [Theory]
    [InlineData(2, 3, 4, 5), InlineData(1, 2, 1, 1), InlineData(3, 7, 17, 2)]
    public void Accuracy_counts_pixels_of_any_class_axis_but_those_below_zero(int batch, int classes, int height, int width)
    {
        var (logits, labels) = Sample(batch, classes, height, width);
        var (first, last) = (new Accuracy(), new Accuracy());
        first.Add(logits, labels, classAxis: 1);
        last.Add(logits.Permute(0, 2, 3, 1), labels);
        int area = height * width, correct = 0;
        for (int pixel = 0; pixel < batch * area; pixel++)
        {
            int start = pixel / area * classes * area + pixel % area;
            if (labels.Span[pixel] == Enumerable.Range(0, classes).MaxBy(k => logits.Span[start + k * area])) correct++;
        }

        long counted = labels.Span.ToArray().Count(label => label >= 0);
        Assert.Equal((correct, counted), (first.Correct, first.Count));
        Assert.Equal((correct, counted), (last.Correct, last.Count));
        Assert.Equal(0, Allocation.OfWarm(() => first.Add(logits, labels, classAxis: 1)));
    }

    [Fact]
    public void A_pixel_that_is_no_number_is_wrong()
    {
        var accuracy = new Accuracy();
        accuracy.Add(Tensor.From([float.NaN, 0, 1, 5, 2, 1], [1, 3, 2]), new IntTensor([0, 1], [1, 2]), classAxis: 1); // pixel 0: NaN, 1, 2; pixel 1: 0, 5, 1
        Assert.Equal((1, 2), (accuracy.Correct, accuracy.Count));
    }

    [Fact]
    public void Labels_of_another_shape_are_refused()
    {
        var logits = Tensor.Zeros([2, 3, 4, 5]);
        Assert.Contains("got [2, 3, 4, 5] and [2, 5, 4]", Assert.Throws<ShapeException>(() => PixelCrossEntropy.Of(logits, new IntTensor(new int[40], [2, 5, 4]))).Message);
        Assert.Contains("axis 1", Assert.Throws<ShapeException>(() => new Accuracy().Add(logits, new IntTensor(new int[40]), classAxis: 1)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => PixelCrossEntropy.Of(Tensor.Zeros([1, 3, 2]), new IntTensor([3, 0], [1, 2])));
    }

    private static (Tensor Logits, IntTensor Labels) Sample(int batch, int classes, int height, int width)
    {
        var logits = Tensor.Zeros([batch, classes, height, width]);
        new RandomSource(8).Normal(logits.Span);
        int[] labels = [.. Enumerable.Range(0, batch * height * width).Select(pixel => pixel % 5 == 3 ? -1 : pixel * 7 % classes)];
        return (logits, new IntTensor(labels, [batch, height, width]));
    }
}
