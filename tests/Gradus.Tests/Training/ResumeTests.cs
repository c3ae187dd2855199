using Gradus.Formats;
using Gradus.Layers;
using Gradus.Losses;
using Gradus.Schedules;
using Gradus.Training;
using Linear = Gradus.Layers.Linear;

namespace Gradus.Tests.Training;

public sealed class ResumeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Checkpoint => _folder["checkpoint.safetensors"];

    public void Dispose() => _folder.Dispose();

    [Theory, InlineData(1), InlineData(4), InlineData(5), InlineData(7), InlineData(10), InlineData(14)]
    public void A_cancelled_training_continues_bit_for_bit(long step)
    {
        var whole = new TinyTraining(null, 0, new EarlyStopping(10));
        string expected = whole.Bits(whole.Fit());

        using var cancellation = new CancellationTokenSource();
        var first = new TinyTraining(Checkpoint, 0, new EarlyStopping(10));
        var stopped = new Trainer(first.Model, CrossEntropy.Of, first.Optimizer)
        {
            Schedule = first.Trainer.Schedule,
            CheckpointPath = Checkpoint,
            Callbacks = [first.Trainer.Callbacks[0], new TinyTraining.After(step, _ => cancellation.Cancel())],
        }.Fit(TinyTraining.Batches(), TinyTraining.Batches(null), 3, cancellation: cancellation.Token);
        Assert.Equal((StopReason.Cancelled, step), (stopped.Reason, stopped.Steps));

        // the callback that cancelled is there again, as in a program started twice
        var second = new TinyTraining(Checkpoint, 0, new EarlyStopping(10), new TinyTraining.After(-1, _ => { }));
        Assert.Equal(expected, second.Bits(second.Fit(resume: true)));
    }

    [Theory, InlineData(3, 2), InlineData(7, 2), InlineData(7, 0), InlineData(11, 3), InlineData(2, 0)]
    public void A_killed_training_continues_from_its_last_checkpoint_bit_for_bit(long step, int every)
    {
        var whole = new TinyTraining(null, 0, new EarlyStopping(10), new TinyTraining.After(-1, _ => { }));
        string expected = whole.Bits(whole.Fit());
        var killed = new TinyTraining(Checkpoint, every, new EarlyStopping(10), new TinyTraining.After(step, _ => throw new TinyTraining.Killed()));
        Assert.Throws<TinyTraining.Killed>(() => killed.Fit());
        var resumed = new TinyTraining(Checkpoint, every, new EarlyStopping(10), new TinyTraining.After(-1, _ => { }));
        Assert.Equal(expected, resumed.Bits(resumed.Fit(resume: true)));
    }

    [Theory, InlineData(6), InlineData(12), InlineData(26)]
    public void A_schedule_that_listens_to_the_training_continues_bit_for_bit(long step)
    {
        var whole = new TinyTraining();
        var result = Fit(whole, Checkpoint + ".whole", resume: false);
        Assert.True(result.History.Epochs[^1].LearningRate < 0.02f); // it did fall
        Assert.Throws<TinyTraining.Killed>(() => Fit(new TinyTraining(), Checkpoint, resume: false, new TinyTraining.After(step, _ => throw new TinyTraining.Killed())));
        var second = new TinyTraining();
        Assert.Equal(whole.Bits(result), second.Bits(Fit(second, Checkpoint, resume: true)));

        static TrainingResult Fit(TinyTraining tiny, string checkpoint, bool resume, params Callback[] callbacks) => new Trainer(tiny.Model, CrossEntropy.Of, tiny.Optimizer)
        {
            Schedule = new WarmupSchedule(3, new PlateauSchedule(patience: 0, decay: 0.5, improvement: 0.05)),
            CheckpointPath = checkpoint,
            Callbacks = callbacks,
        }.Fit(TinyTraining.Batches(), TinyTraining.Batches(null), 8, resume);
    }

    [Fact]
    public void A_finished_training_can_be_given_more_epochs()
    {
        var whole = new TinyTraining();
        string expected = whole.Bits(whole.Fit(epochs: 4));
        new TinyTraining(Checkpoint).Fit(epochs: 2);
        var again = new TinyTraining(Checkpoint);
        Assert.Equal(2, again.Fit(resume: true, epochs: 2).History.Epochs.Count); // nothing left to do
        var resumed = new TinyTraining(Checkpoint);
        Assert.Equal(expected, resumed.Bits(resumed.Fit(resume: true, epochs: 4)));
    }

    [Fact]
    public void An_early_stopped_training_stays_stopped()
    {
        var stopped = new TinyTraining(Checkpoint, 0, new TinyTraining.After(7, state => state.Stop()));
        Assert.Equal(StopReason.EarlyStopped, stopped.Fit().Reason);
        var resumed = new TinyTraining(Checkpoint, 0, new TinyTraining.After(-1, _ => { })).Fit(resume: true);
        Assert.Equal((StopReason.EarlyStopped, 7), (resumed.Reason, resumed.Steps));
    }

    [Fact]
    public void A_checkpoint_of_other_settings_is_refused_and_changes_nothing()
    {
        new TinyTraining(Checkpoint).Fit(epochs: 1);
        var random = new RandomSource(11);
        var model = new Sequential(new Linear(6, 3, random: random), new Dropout(0.1f, random));
        var before = model.Parameters[0].ToArray();
        Refused(new Sgd(model.Parameters), "optimizer: Adam, and it is Sgd now");
        Refused(new Adam(model.Parameters), "scheduled groups");
        Assert.Equal(before, model.Parameters[0].ToArray());

        void Refused(Optimizer optimizer, string message)
        {
            var trainer = new Trainer(model, CrossEntropy.Of, optimizer) { CheckpointPath = Checkpoint };
            Assert.Contains(message, Assert.Throws<InvalidDataException>(() => trainer.Fit(TinyTraining.Batches(), resume: true)).Message);
        }
    }

    [Fact]
    public void A_truncated_or_foreign_checkpoint_is_refused()
    {
        new TinyTraining(Checkpoint).Fit(epochs: 1);
        var bytes = File.ReadAllBytes(Checkpoint);
        foreach (int length in (int[])[0, 7, 100, bytes.Length / 2, bytes.Length - 1])
        {
            File.WriteAllBytes(Checkpoint, bytes[..length]);
            Assert.Throws<InvalidDataException>(() => new TinyTraining(Checkpoint).Fit(resume: true));
        }

        new TinyTraining().Model.Save(Checkpoint);
        Assert.Contains("no training's checkpoint", Assert.Throws<InvalidDataException>(() => new TinyTraining(Checkpoint).Fit(resume: true)).Message);
        Safetensors.Write(Checkpoint, [], new Dictionary<string, string> { ["gradus.training"] = """{"version":1}""" });
        Assert.Contains("damaged state", Assert.Throws<InvalidDataException>(() => new TinyTraining(Checkpoint).Fit(resume: true)).Message);
    }

    [Fact]
    public void Without_a_checkpoint_resuming_begins_afresh() => Assert.Equal(5, new TinyTraining(Checkpoint).Fit(resume: true, epochs: 1).Steps);
}
