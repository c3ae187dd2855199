using Gradus.Metrics;

namespace Gradus.Tests.Metrics;

public class RegionMetricsTests
{
    private static readonly Box Unit = new(0, 0, 10, 10);

    [Fact]
    public void Boxes()
    {
        Assert.Equal(1, IntersectionOverUnion.Of(Unit, Unit));
        Assert.Equal(25 / 175.0, IntersectionOverUnion.Of(Unit, new Box(5, 5, 15, 15)));
        Assert.Equal(0, IntersectionOverUnion.Of(Unit, new Box(10, 0, 20, 10)));
        Assert.Equal(0, IntersectionOverUnion.Of(Unit, new Box(20, 20, 5, 5)));
        Assert.Equal(0, IntersectionOverUnion.Of(new Box(1, 1, 1, 1), new Box(1, 1, 1, 1)));
    }

    [Fact]
    public void Masks_and_classes_of_pixels()
    {
        Assert.Equal(2 / 4.0, IntersectionOverUnion.Of(new IntTensor(1, 1, 1, 0, 0), new IntTensor(0, 1, 5, 2, 0)));
        Assert.Equal(1, IntersectionOverUnion.Of(new IntTensor(0, 0), new IntTensor(0, 0)));
        var classes = new IntersectionOverUnion(4);
        classes.Add(new IntTensor(0, 0, 1, 1, 2, 0), new IntTensor(0, 1, 1, 1, 0, 255), ignored: 255);
        Assert.Equal((1 / 3.0, 2 / 3.0, 0, double.NaN), (classes[0], classes[1], classes[2], classes[3]));
        Assert.Equal(1 / 3.0, classes.Mean, 1e-12);
        Assert.Throws<ArgumentOutOfRangeException>(() => classes.Add(new IntTensor(4), new IntTensor(0)));
        Assert.Throws<ShapeException>(() => classes.Add(new IntTensor(1), new IntTensor(0, 0)));
    }

    [Fact]
    public void Precision_over_recall_of_one_class()
    {
        var metric = new MeanAveragePrecision();
        metric.Add([(0, 0.9, Unit), (0, 0.8, new(1, 0, 10, 10)), (0, 0.3, new(30, 30, 40, 40))], [(0, Unit), (0, new(30, 30, 41, 40))]);
        metric.Add([(0, 0.7, new(50, 50, 60, 60))], [(0, Unit)]);
        // right, the same object again, nothing there, right: precisions 1, 1/2, 1/3, 1/2 at recalls 1/3, 1/3, 1/3, 2/3
        Assert.Equal((1 + 0.5) / 3, metric.AveragePrecision(0), 1e-12);
        Assert.Equal(metric.AveragePrecision(0), metric.Value());
        Assert.Equal(1 / 3.0, metric.Value(0.95), 1e-12); // the last one overlaps by 10/11 only
        Assert.Equal((9 * 0.5 + 1 / 3.0) / 10, metric.ValueOverOverlaps(), 1e-12);
    }

    [Fact]
    public void Classes_count_the_same_and_one_without_objects_not_at_all()
    {
        var metric = new MeanAveragePrecision();
        Assert.Equal(0, metric.Value());
        metric.Add([(0, 1, Unit), (2, 1, Unit)], [(0, Unit), (1, Unit)]);
        Assert.Equal((1.0, 0.0, 0.0), (metric.AveragePrecision(0), metric.AveragePrecision(1), metric.AveragePrecision(2)));
        Assert.Equal(0.5, metric.Value());
        Assert.Throws<ArgumentException>(() => metric.Add([(0, double.NaN, Unit)], []));
        Assert.Throws<ArgumentOutOfRangeException>(() => metric.Value(0));
    }
}
