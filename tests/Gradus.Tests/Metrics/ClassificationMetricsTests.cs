using Gradus.Metrics;

namespace Gradus.Tests.Metrics;

public class ClassificationMetricsTests
{
    [Fact]
    public void Top_k_counts_ties_from_the_left_and_never_NaN()
    {
        var outputs = Tensor.From([5, 3, 4, 0, 1, 1, 1, 1, float.NaN, 2, 3, 9], [3, 4]);
        Assert.Equal([0, 0, 2, 3], Enumerable.Range(1, 4).Select(k => Correct(k, 3, 2, 2))); // ranks: fourth, third among equals, third behind NaN and 9
        Assert.Equal([1, 2, 3, 3], Enumerable.Range(1, 4).Select(k => Correct(k, 0, 1, 2)));
        Assert.Equal([2, 3, 3, 3], Enumerable.Range(1, 4).Select(k => Correct(k, 0, 0, 3)));
        Assert.Equal(2, Correct(4, 0, 0, 0)); // NaN itself

        var two = new TopKAccuracy(2);
        two.Add(outputs, new IntTensor(2, 2, 3));
        Assert.Equal((2, 3, 2 / 3.0), (two.Correct, two.Count, two.Value));
        Assert.Throws<ArgumentOutOfRangeException>(() => two.Add(outputs, new IntTensor(0, 0, 4)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TopKAccuracy(0));

        int Correct(int k, params int[] labels)
        {
            var metric = new TopKAccuracy(k);
            metric.Add(outputs, new IntTensor(labels));
            return (int)metric.Correct;
        }
    }

    [Fact]
    public void Micro_and_macro_means_differ_where_classes_do()
    {
        var scores = new PrecisionRecall(3);
        foreach (var (predicted, expected) in new[] { (0, 0), (0, 0), (0, 0), (1, 0), (1, 1), (0, 1), (2, 1) }) scores.Add(predicted, expected);
        Assert.Equal((0.75, 0.75, 0.75), (scores[0].Precision, scores[0].Recall, scores[0].F1));
        Assert.Equal((0.5, 1 / 3.0, 0.4), (scores[1].Precision, scores[1].Recall, scores[1].F1));
        Assert.Equal((0.0, 0.0, 0.0), (scores[2].Precision, scores[2].Recall, scores[2].F1));
        Assert.Equal((4 / 7.0, 4 / 7.0), (scores.Micro.Precision, scores.Micro.F1));
        Assert.Equal((1.25 / 3, (0.75 + 1 / 3.0) / 3, 1.15 / 3), scores.Macro);
        Assert.Throws<ArgumentOutOfRangeException>(() => scores.Add(3, 0));
    }

    [Fact]
    public void Batches_of_classes_and_of_independent_answers()
    {
        var scores = new PrecisionRecall(2);
        scores.Add(Tensor.From(new[,] { { 1f, 0 }, { 0, 1 }, { 2, 1 } }), new IntTensor(0, 1, 1));
        Assert.Equal((new ClassScore(1, 1, 0), new ClassScore(1, 0, 1)), (scores[0], scores[1]));
        scores.Reset();
        scores.Add(Tensor.From(new[,] { { 0.9f, 0.8f }, { 0.2f, 0.6f } }), Tensor.From(new[,] { { 1f, 0 }, { 1, 1 } }), threshold: 0.5f);
        Assert.Equal((new ClassScore(1, 0, 1), new ClassScore(1, 1, 0)), (scores[0], scores[1]));
        Assert.Throws<ShapeException>(() => scores.Add(Tensor.Zeros([1, 3]), new IntTensor(0)));
    }

    [Fact]
    public void The_ROC_curve_of_five_scores()
    {
        var curve = RocCurve.Of([0.9f, 0.8f, 0.7f, 0.6f, 0.55f], [true, true, false, true, false]);
        Assert.Equal([(0, 0), (0, 1 / 3.0), (0, 2 / 3.0), (0.5, 2 / 3.0), (0.5, 1), (1, 1)], curve.Points.Select(point => (point.FalsePositiveRate, point.TruePositiveRate)));
        Assert.Equal(5 / 6.0, curve.Area, 1e-12); // of 6 pairs, one is in the wrong order
        Assert.Equal(3.5 / 4, RocCurve.Of([1, 1, 0, 2], [true, false, false, true]).Area); // one pair of four is equal
    }

    [Fact]
    public void The_area_is_the_share_of_pairs_in_order_and_ties_count_half()
    {
        var random = new RandomSource(3);
        float[] scores = [.. Enumerable.Range(0, 60).Select(_ => (float)random.Next(12))];
        bool[] truths = [.. Enumerable.Range(0, 60).Select(_ => random.Next(3) == 0)];
        var pairs = from t in Enumerable.Range(0, 60) where truths[t] from f in Enumerable.Range(0, 60) where !truths[f] select scores[t] > scores[f] ? 1 : scores[t] == scores[f] ? 0.5 : 0;
        Assert.Equal(pairs.Average(), RocCurve.Of(scores, truths).Area, 1e-12);
        Assert.Throws<ArgumentException>(() => RocCurve.Of([1, 2], [true, true]));
        Assert.Throws<ArgumentException>(() => RocCurve.Of([1, float.NaN], [true, false]));
        Assert.Throws<ArgumentException>(() => RocCurve.Of([1, 2], [true]));
    }

    [Fact]
    public void Average_precision_of_five_scores()
    {
        var curve = PrecisionRecallCurve.Of([0.9f, 0.8f, 0.7f, 0.6f, 0.6f], [true, false, true, true, false]);
        Assert.Equal([(1 / 3.0, 1), (1 / 3.0, 0.5), (2 / 3.0, 2 / 3.0), (1, 0.6)], curve.Points.Select(point => (point.Recall, point.Precision)));
        Assert.Equal((1 + 2 / 3.0 + 0.6) / 3, curve.AveragePrecision, 1e-12);
        Assert.Throws<ArgumentException>(() => PrecisionRecallCurve.Of([1], [false]));
    }

    [Fact]
    public void A_uniform_guess_has_the_perplexity_of_its_choices()
    {
        var perplexity = new Perplexity();
        perplexity.Add(Tensor.Full([2, 3, 8], 100), new IntTensor([0, 7, 3, -1, 2, 5], [2, 3]), ignored: -1);
        Assert.Equal((8, 5), (Math.Round(perplexity.Value, 9), perplexity.Count));
        perplexity.Add(Math.Log(2), 5);
        Assert.Equal(4, perplexity.Value, 1e-9); // the geometric mean of 8 and 2
        Assert.Throws<ShapeException>(() => perplexity.Add(Tensor.Zeros([2, 3]), new IntTensor(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => perplexity.Add(Tensor.Zeros([1, 3]), new IntTensor(3)));
    }
}
