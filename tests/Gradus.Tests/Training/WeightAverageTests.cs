using Gradus.Losses;
using Gradus.Training;

namespace Gradus.Tests.Training;

public sealed class WeightAverageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_average_is_that_of_its_formula_in_double_precision()
    {
        var tiny = new TinyTraining();
        var average = new WeightAverage(tiny.Model, 0.7f); // reached in step 20
        double[] expected = All(tiny);
        var trainer = new Trainer(tiny.Model, CrossEntropy.Of, tiny.Optimizer)
        {
            Callbacks = [average, new Watch(state =>
            {
                double decay = Math.Min(0.7f, (1.0 + state.Step) / (10 + state.Step));
                double[] own = All(tiny);
                for (int i = 0; i < own.Length; i++) expected[i] = decay * expected[i] + (1 - decay) * own[i];
            })],
        };
        trainer.Fit(TinyTraining.Batches(), epochs: 6);
        double[] trained = All(tiny);
        average.Swap();
        Assert.All(expected.Zip(All(tiny)), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        average.Swap();
        Assert.Equal(trained, All(tiny));
    }

    [Fact]
    public void The_average_is_what_is_validated_and_kept_and_the_training_goes_on_with_its_own_weights()
    {
        var (plain, averaged) = (new TinyTraining(), new TinyTraining());
        var average = new WeightAverage(averaged.Model, 0.9f);
        var own = Fit(plain, 3);
        var result = Fit(averaged, 3, average, new KeepBest(_folder["best"]));
        Assert.Equal(All(plain), All(averaged));
        Assert.NotEqual(own.History.Epochs[^1].ValidationLoss, result.History.Epochs[^1].ValidationLoss);
        average.Swap();
        Assert.Equal(result.History.Epochs[^1].ValidationLoss!.Value, averaged.Trainer.Evaluate(TinyTraining.Batches(null)).Loss, 1e-6);
        averaged.Model.Load(_folder["best"]);
        Assert.Equal(result.History.Epochs.Min(record => record.ValidationLoss)!.Value, averaged.Trainer.Evaluate(TinyTraining.Batches(null)).Loss, 1e-6);
    }

    [Theory, InlineData(3), InlineData(5), InlineData(8)]
    public void A_checkpoint_keeps_the_average(long step)
    {
        string whole = Bits(new TinyTraining(), resume: false);
        Assert.Throws<TinyTraining.Killed>(() => Bits(new TinyTraining(_folder["checkpoint"], 1), resume: false, new TinyTraining.After(step, _ => throw new TinyTraining.Killed())));
        Assert.Equal(whole, Bits(new TinyTraining(_folder["checkpoint"], 1), resume: true));

        string Bits(TinyTraining tiny, bool resume, params Callback[] others)
        {
            var average = new WeightAverage(tiny.Model, 0.9f);
            var result = new Trainer(tiny.Model, CrossEntropy.Of, tiny.Optimizer)
            {
                Schedule = tiny.Trainer.Schedule,
                CheckpointPath = tiny.Trainer.CheckpointPath,
                CheckpointEvery = 1,
                Callbacks = [average, .. others],
            }.Fit(TinyTraining.Batches(), TinyTraining.Batches(null), 3, resume);
            string own = tiny.Bits(result);
            average.Swap();
            return own + tiny.Bits(result);
        }
    }

    [Fact]
    public void A_validation_that_is_cancelled_gives_the_weights_back()
    {
        using var cancellation = new CancellationTokenSource();
        var (plain, averaged) = (new TinyTraining(), new TinyTraining());
        plain.Trainer.Fit(TinyTraining.Batches());
        var trainer = new Trainer(averaged.Model, CrossEntropy.Of, averaged.Optimizer)
        {
            Schedule = averaged.Trainer.Schedule,
            Callbacks = [new WeightAverage(averaged.Model), new TinyTraining.After(5, _ => cancellation.Cancel())],
        };
        Assert.Equal(StopReason.Cancelled, trainer.Fit(TinyTraining.Batches(), TinyTraining.Batches(null), 1, cancellation: cancellation.Token).Reason);
        Assert.Equal(All(plain), All(averaged));
    }

    private static TrainingResult Fit(TinyTraining tiny, int epochs, params Callback[] callbacks) =>
        new Trainer(tiny.Model, CrossEntropy.Of, tiny.Optimizer) { Callbacks = callbacks }.Fit(TinyTraining.Batches(), TinyTraining.Batches(null), epochs);

    private static double[] All(TinyTraining tiny) => [.. tiny.Model.State().SelectMany(named => named.Tensor.ToArray()).Select(value => (double)value)];

    private sealed class Watch(Action<TrainingState> see) : Callback
    {
        public override void OnStepEnd(TrainingState state) => see(state);
    }
}
