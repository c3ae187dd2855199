using Gradus.Graph;
using Gradus.Layers;
using Gradus.Losses;
using Gradus.Tests.Kernels;
using Gradus.Training;
using Linear = Gradus.Layers.Linear;

namespace Gradus.Tests.Training;

[Collection(nameof(ThreadCounts))] // counts the bytes that the whole process allocates: nothing may run beside it
public sealed class AccumulationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory, InlineData(true), InlineData(false)]
    public void Micro_batches_of_any_sizes_make_the_step_of_the_large_batch(bool captured)
    {
        var (large, small) = (Model(), Model());
        Optimizer largeOptimizer = new Sgd(large.Parameters, 0.1f, 0.9f) { ClipNorm = 0.5f }, smallOptimizer = new Sgd(small.Parameters, 0.1f, 0.9f) { ClipNorm = 0.5f };
        var whole = TrainingStep.Capture(large, CrossEntropy.Of, largeOptimizer);
        var parts = AccumulatedStep.Capture(small, captured ? CrossEntropy.Of : Eager, smallOptimizer);
        for (int step = 0; step < 4; step++)
        {
            var batch = Batch(16, (ulong)step);
            float expected = whole.Run(batch.Inputs, batch.Labels);
            float sum = 0;
            foreach (var (first, rows) in new[] { (0, 7), (7, 7), (14, 2) })
            {
                var part = Part(batch, first, rows);
                sum += rows * parts.Add(part.Inputs, part.Labels);
            }

            parts.Step();
            Assert.Equal(expected, sum / 16, 1e-5f);
            foreach (var (left, right) in large.Parameters.Zip(small.Parameters))
                for (int i = 0; i < left.Count; i++) Assert.Equal(left.Span[i], right.Span[i], 2e-6f);
        }

        Assert.Equal(4, smallOptimizer.Steps);
        Assert.Equal(captured, parts.Obstacle is null);
        Assert.Throws<InvalidOperationException>(parts.Step);

        static Tensor Eager(Tensor logits, IntTensor labels)
        {
            var loss = CrossEntropy.Of(logits, labels);
            _ = loss.Item(); // reading a value keeps a step from being captured
            return loss;
        }
    }

    [Fact]
    public void A_warm_accumulated_step_allocates_nothing()
    {
        var model = Model();
        var step = AccumulatedStep.Capture(model, CrossEntropy.Of, new Adam(model.Parameters) { ClipNorm = 1 });
        TrainingBatch first = Batch(5, 1), second = Batch(3, 2);
        long allocated = long.MaxValue;
        for (var clock = System.Diagnostics.Stopwatch.StartNew(); allocated > 0 && clock.Elapsed.TotalSeconds < 20;) // sums over few elements box until they are compiled a second time
            allocated = Allocation.OfWarm(Step, steps: 200);
        Assert.Equal(0, allocated);
        Assert.Null(step.Obstacle);

        void Step()
        {
            step.Add(first.Inputs, first.Labels);
            step.Add(second.Inputs, second.Labels);
            step.Step();
        }
    }

    [Fact]
    public void A_training_over_micro_batches_is_that_over_large_ones()
    {
        var steps = new List<(long, int, float)>();
        var (large, small) = (Model(), Model());
        var inputs = Batch(22, 3);
        var expected = Train(large, 8, 1, _ => { }); // 8 + 8 + 6
        var actual = Train(small, 2, 4, state => steps.Add((state.Step, state.Batch, state.BatchLoss))); // (2 2 2 2) (2 2 2 2) (2 2 2)
        Assert.Equal((6, 6), (expected.Steps, actual.Steps));
        Assert.Equal([(1, 4), (2, 8), (3, 11), (4, 4), (5, 8), (6, 11)], steps.Select(step => (step.Item1, step.Item2)));
        Assert.Equal(expected.History.Epochs[1].TrainLoss, actual.History.Epochs[1].TrainLoss, 1e-5);
        Assert.Equal(expected.History.Epochs[1].TrainLoss, (8 * steps[3].Item3 + 8 * steps[4].Item3 + 6 * steps[5].Item3) / 22, 1e-5f);
        foreach (var (left, right) in large.Parameters.Zip(small.Parameters)) for (int i = 0; i < left.Count; i++) Assert.Equal(left.Span[i], right.Span[i], 1e-5f);

        TrainingResult Train(Layer model, int batch, int accumulate, Action<TrainingState> see) =>
            new Trainer(model, CrossEntropy.Of, new Sgd(model.Parameters, 0.1f, 0.9f)) { Accumulate = accumulate, Callbacks = [new EachStep(see)] }
                .Fit(new TensorBatches(inputs.Inputs, inputs.Labels, batch, shuffle: 7), epochs: 2);
    }

    [Theory, InlineData(2), InlineData(3), InlineData(5)]
    public void A_cancelled_or_killed_accumulated_training_continues_bit_for_bit(long step)
    {
        var whole = new TinyTraining();
        string expected = whole.Bits(Fit(whole));
        using var cancellation = new CancellationTokenSource();
        var first = new TinyTraining();
        var stopped = Fit(first, cancellation: cancellation.Token, at: new TinyTraining.After(step, _ => cancellation.Cancel()));
        Assert.Equal((StopReason.Cancelled, step), (stopped.Reason, stopped.Steps));
        var resumed = new TinyTraining();
        Assert.Equal(expected, resumed.Bits(Fit(resumed, resume: true)));

        File.Delete(_folder["checkpoint"]);
        Assert.Throws<TinyTraining.Killed>(() => Fit(new TinyTraining(), at: new TinyTraining.After(step, _ => throw new TinyTraining.Killed()), every: 1));
        var again = new TinyTraining();
        Assert.Equal(expected, again.Bits(Fit(again, resume: true)));
        Assert.Contains("batches in a step: 2", Assert.Throws<InvalidDataException>(() => Fit(new TinyTraining(), resume: true, accumulate: 1)).Message);
    }

    private TrainingResult Fit(TinyTraining tiny, bool resume = false, Callback? at = null, int every = 0, int accumulate = 2, CancellationToken cancellation = default) =>
        new Trainer(tiny.Model, CrossEntropy.Of, tiny.Optimizer)
        {
            Accumulate = accumulate,
            Schedule = tiny.Trainer.Schedule,
            CheckpointPath = _folder["checkpoint"],
            CheckpointEvery = every,
            Callbacks = at is null ? [] : [at],
        }.Fit(TinyTraining.Batches(), TinyTraining.Batches(null), 3, resume, cancellation);

    private static Sequential Model()
    {
        var random = new RandomSource(5);
        return new Sequential(new Linear(6, 9, random: random), new Tanh(), new Linear(9, 3, random: random));
    }

    private static TrainingBatch Batch(int rows, ulong seed)
    {
        var inputs = Tensor.Zeros([rows, 6]);
        new RandomSource(seed).Normal(inputs.Span);
        return new TrainingBatch(inputs, new IntTensor([.. Enumerable.Range(0, rows).Select(row => row * 7 % 3)]));
    }

    private static TrainingBatch Part(TrainingBatch batch, int first, int rows) =>
        new(Tensor.From(batch.Inputs.Span.Slice(first * 6, rows * 6), [rows, 6]), new IntTensor(batch.Labels.Span.Slice(first, rows).ToArray()));

    private sealed class EachStep(Action<TrainingState> see) : Callback
    {
        public override void OnStepEnd(TrainingState state) => see(state);
    }
}
