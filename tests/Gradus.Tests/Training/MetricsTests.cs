using Gradus.Metrics;

namespace Gradus.Tests.Training;

public class MetricsTests
{
    private static readonly Tensor Outputs = Tensor.From([3, 1, 0, 0, 2, 1, 5, 4, 3, 0, 1, 9], [4, 3]); // predictions 0, 1, 0, 2

    [Fact]
    public void Accuracy_counts_the_greatest_output()
    {
        var accuracy = new Accuracy();
        accuracy.Add(Outputs, new IntTensor(0, 1, 1, 2));
        accuracy.Add(Outputs, new IntTensor(1, 1, 1, 1));
        Assert.Equal(4 / 8.0, accuracy.Value);
    }

    [Fact]
    public void NaN_is_never_right()
    {
        var accuracy = new Accuracy();
        accuracy.Add(Tensor.From([float.NaN, 1], [1, 2]), new IntTensor(0));
        Assert.Equal(0, accuracy.Value);
    }

    [Fact]
    public void The_confusion_matrix_has_labels_in_rows()
    {
        var matrix = new ConfusionMatrix(3);
        matrix.Add(Outputs, new IntTensor(0, 1, 1, 2));
        Assert.Equal((1, 1, 1, 1, 0), (matrix[0, 0], matrix[1, 1], matrix[1, 0], matrix[2, 2], matrix[0, 1]));
        Assert.Equal((0.75, 0.5, 0.5), (matrix.Accuracy, matrix.Precision(0), matrix.Recall(1)));
        Assert.Equal(2 * 1 * 0.5 / 1.5, matrix.F1(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Add(Outputs, new IntTensor(0, 1, 3, 2)));
        Assert.Throws<ShapeException>(() => matrix.Add(Outputs, new IntTensor(0, 1)));
    }
}
