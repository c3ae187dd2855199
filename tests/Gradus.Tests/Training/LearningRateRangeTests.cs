using Gradus.Losses;
using Gradus.Training;

namespace Gradus.Tests.Training;

public class LearningRateRangeTests
{
    [Fact]
    public void Rates_rise_by_one_factor_and_the_average_is_unbiased()
    {
        var tiny = new TinyTraining();
        var range = LearningRateRange.Test(tiny.Model, CrossEntropy.Of, tiny.Optimizer, TinyTraining.Batches(), 1e-6, 1e-3, 31); // over several epochs of 5 batches
        Assert.Equal(31, range.Points.Count);
        for (int i = 0; i < 31; i++) Assert.Equal(1e-6 * Math.Pow(10, i / 10.0), range.Points[i].LearningRate, 1e-12);
        double weighted = 0, weights = 0;
        for (int i = 0; i < 31; i++)
        {
            (weighted, weights) = (0.9 * weighted + range.Points[i].Loss, 0.9 * weights + 1);
            Assert.Equal(weighted / weights, range.Points[i].SmoothedLoss, 1e-9);
        }
    }

    [Fact]
    public void It_ends_when_the_loss_explodes_and_suggests_a_rate_that_trains()
    {
        var tiny = new TinyTraining();
        var sgd = new Sgd(tiny.Model.Parameters, 1);
        var range = LearningRateRange.Test(tiny.Model, CrossEntropy.Of, sgd, TinyTraining.Batches(), 1e-4, 1e6, 200);
        Assert.InRange(range.Points.Count, 50, 199);
        Assert.True(range.Points[^1].SmoothedLoss > 2 * range.Points[0].SmoothedLoss);
        double rate = range.Suggestion!.Value;
        Assert.Equal(range.Points.Skip(10).MinBy(point => point.SmoothedLoss)!.LearningRate / 10, rate, 1e-12);
        sgd.Groups[0].LearningRate = (float)rate;
        var history = new Trainer(tiny.Model, CrossEntropy.Of, sgd).Fit(TinyTraining.Batches(), epochs: 20).History.Epochs;
        Assert.True(history[^1].TrainLoss < 0.8 * history[0].TrainLoss, $"{rate}: {history[0].TrainLoss} to {history[^1].TrainLoss}");
    }

    [Fact]
    public void Everything_is_afterwards_as_it_was()
    {
        var (untouched, tested) = (new TinyTraining(), new TinyTraining());
        tested.Model.Layers[1].Evaluate();
        LearningRateRange.Test(tested.Model, CrossEntropy.Of, tested.Optimizer, TinyTraining.Batches(), 1e-3, 1e3, 50);
        Assert.Equal([true, false, true, true, true], tested.Model.Layers.Select(layer => layer.Training));
        Assert.Equal(untouched.Bits(untouched.Fit()), tested.Bits(tested.Fit()));
    }

    [Fact]
    public void Rates_that_do_not_rise_are_refused()
    {
        var tiny = new TinyTraining();
        Assert.Throws<ArgumentException>(() => LearningRateRange.Test(tiny.Model, CrossEntropy.Of, tiny.Optimizer, TinyTraining.Batches(), 1, 0.1));
        Assert.Null(new LearningRateRange([new(1e-3, 1, 1), new(1e-2, 0.5, 0.5)]).Suggestion); // too few
        Assert.Null(Range(losses: [.. Enumerable.Range(0, 30).Select(i => 1.0 + i)]).Suggestion); // it never fell
        Assert.Equal(2.0, Range(losses: [0.1, .. Enumerable.Range(1, 30).Select(i => 1.0 + Math.Abs(i - 20))]).Suggestion); // the first was luck

        static LearningRateRange Range(double[] losses) => new([.. losses.Select((loss, i) => new LearningRatePoint(i, loss, loss))]);
    }
}
