using Gradus.Training;

namespace Gradus.Tests.Training;

public class KFoldTests
{
    [Theory, InlineData(10, 2), InlineData(11, 3), InlineData(5, 5), InlineData(103, 10)]
    public void Every_sample_is_measured_on_once_and_never_learned_from_there(int count, int folds)
    {
        foreach (var divided in (IReadOnlyList<Fold>[])[KFold.Of(count, folds, 3), KFold.Stratified(new int[count], folds, 3)])
        {
            Assert.Equal(folds, divided.Count);
            Assert.Equal(Enumerable.Range(0, count), divided.SelectMany(fold => fold.Validation).Order());
            Assert.All(divided, fold => Assert.Equal(Enumerable.Range(0, count).Except(fold.Validation), fold.Training));
            Assert.True(divided.Max(fold => fold.Validation.Length) - divided.Min(fold => fold.Validation.Length) <= 1);
        }
    }

    [Fact]
    public void Stratified_folds_hold_every_class_in_equal_parts()
    {
        int[] labels = [.. Enumerable.Range(0, 97).Select(i => i < 60 ? 0 : i < 90 ? 1 : 2)]; // 60, 30 and 7 in the order of the classes
        var folds = KFold.Stratified(labels, 4, 5);
        for (int label = 0; label < 3; label++)
        {
            var counts = folds.Select(fold => fold.Validation.Count(sample => labels[sample] == label)).ToArray();
            Assert.True(counts.Max() - counts.Min() <= 1, string.Join(' ', counts));
        }

        Assert.True(folds.Max(fold => fold.Validation.Length) - folds.Min(fold => fold.Validation.Length) <= 1);
    }

    [Fact]
    public void The_seed_decides_and_order_does_not_leak()
    {
        Assert.Equal(KFold.Of(50, 5, 1)[2].Validation, KFold.Of(50, 5, 1)[2].Validation);
        Assert.NotEqual(KFold.Of(50, 5, 1)[2].Validation, KFold.Of(50, 5, 2)[2].Validation);
        Assert.NotEqual(Enumerable.Range(0, 10).Select(i => i * 5), KFold.Of(50, 5, 1)[0].Validation);
        Assert.Throws<ArgumentException>(() => KFold.Of(3, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => KFold.Of(3, 1));
    }

    [Fact]
    public void Figures_are_weighted_by_the_samples()
    {
        Evaluation[] folds = [new(1, 0.5, 10), new(4, 0.8, 20), new(2, 0.2, 10)];
        var result = CrossValidation.Run(KFold.Of(40, 3), (fold, number) => folds[number]);
        Assert.Equal((10 * 1 + 20 * 4 + 10 * 2) / 40.0, result.Loss, 1e-12);
        Assert.Equal((10 * 0.5 + 20 * 0.8 + 10 * 0.2) / 40, result.Accuracy!.Value, 1e-12);
        Assert.Equal(0.3, result.AccuracyDeviation!.Value, 1e-12); // of 0.5, 0.8, 0.2
    }

    [Fact]
    public void A_model_is_measured_on_each_part_by_one_that_did_not_see_it()
    {
        var all = TinyTraining.Batches(null).Epoch(0).SelectMany(batch => batch.Labels.Span.ToArray()).ToArray();
        int[] seen = new int[TinyTraining.Samples];
        var result = CrossValidation.Run(KFold.Stratified(all, 3), (fold, _) =>
        {
            foreach (int sample in fold.Validation) seen[sample]++;
            var tiny = new TinyTraining();
            tiny.Trainer.Fit(Chosen(fold.Training), epochs: 2);
            return tiny.Trainer.Evaluate(Chosen(fold.Validation));
        });
        Assert.All(seen, times => Assert.Equal(1, times));
        Assert.Equal(TinyTraining.Samples, result.Folds.Sum(fold => fold.Samples));
        Assert.True(result.Accuracy is >= 0 and <= 1);
    }

    private static TensorBatches Chosen(int[] samples)
    {
        var inputs = new List<float>();
        var labels = new List<int>();
        foreach (var batch in TinyTraining.Batches(null).Epoch(0))
        {
            inputs.AddRange(batch.Inputs.ToArray());
            labels.AddRange(batch.Labels.Span.ToArray());
        }

        return new TensorBatches(
            Tensor.From([.. samples.SelectMany(sample => inputs.Skip(sample * 6).Take(6))], [samples.Length, 6]), new IntTensor([.. samples.Select(sample => labels[sample])]), 4);
    }
}
