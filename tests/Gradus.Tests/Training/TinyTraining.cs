using Gradus.Layers;
using Gradus.Losses;
using Gradus.Schedules;
using Gradus.Training;
using Linear = Gradus.Layers.Linear;

namespace Gradus.Tests.Training;

/// <summary>A training with everything that a checkpoint must keep: running statistics, dropout, momenta, a schedule, a shuffle, a partial last batch.</summary>
internal sealed class TinyTraining
{
    public const int Samples = 22; // 4 batches of 5 and one of 2

    public TinyTraining(string? checkpoint = null, int every = 0, params Callback[] callbacks)
    {
        var random = new RandomSource(11);
        Model = new Sequential(
            new Linear(6, 8, random: random), new BatchNorm(8), new Tanh(), new Dropout(0.3f, random), new Linear(8, 3, random: random));
        Optimizer = new Adam(Model.Parameters, 0.02f) { ClipNorm = 1 };
        Trainer = new Trainer(Model, CrossEntropy.Of, Optimizer)
        {
            Schedule = new OneCycleSchedule(15),
            CheckpointPath = checkpoint,
            CheckpointEvery = every,
            Callbacks = callbacks,
        };
    }

    public Sequential Model { get; }

    public Optimizer Optimizer { get; }

    public Trainer Trainer { get; }

    public static TensorBatches Batches(ulong? shuffle = 4)
    {
        var inputs = Tensor.Zeros([Samples, 6]);
        new RandomSource(2).Normal(inputs.Span);
        return new TensorBatches(inputs, new IntTensor([.. Enumerable.Range(0, Samples).Select(sample => inputs.Span[sample * 6] > 0 ? 1 : sample % 2 * 2)]), 5, shuffle);
    }

    public TrainingResult Fit(bool resume = false, int epochs = 3, CancellationToken cancellation = default) =>
        Trainer.Fit(Batches(), Batches(shuffle: null), epochs, resume, cancellation);

    /// <summary>Everything that must be equal bit for bit; times are not.</summary>
    public string Bits(TrainingResult result) => string.Join('\n',
    [
        .. Model.State().Select(named => $"{named.Name} {Hex(named.Tensor)}"),
        .. Model.Parameters.SelectMany(Optimizer.StateOf).Select(Hex),
        .. Model.RandomSources().Select(source => $"{source.Position}"),
        .. result.History.Epochs.Select(record => $"{record with { Seconds = 0, SamplesPerSecond = 0 }}"),
        $"{Optimizer.Steps} {Optimizer.Groups[0].LearningRate:R} {result.Reason}",
    ]);

    private static string Hex(Tensor tensor) => Convert.ToHexString(System.Runtime.InteropServices.MemoryMarshal.AsBytes(tensor.Span));

    /// <summary>Does something after a given step.</summary>
    public sealed class After(long step, Action<TrainingState> action) : Callback
    {
        public override void OnStepEnd(TrainingState state)
        {
            if (state.Step == step) action(state);
        }
    }

    public sealed class Killed() : Exception("the process ends here");
}
