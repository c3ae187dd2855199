using System.Text.Json;
using Gradus.Losses;
using Gradus.Training;

namespace Gradus.Tests.Training;

public sealed class TrainerTests
{
    [Fact]
    public void Training_learns_and_records_every_epoch()
    {
        var training = new TinyTraining();
        var result = training.Fit(epochs: 30);
        Assert.Equal((StopReason.Completed, 150), (result.Reason, result.Steps));
        Assert.Equal(Enumerable.Range(1, 30), result.History.Epochs.Select(record => record.Epoch));
        Assert.True(result.History.Epochs[^1].ValidationLoss < result.History.Epochs[0].ValidationLoss);
        Assert.Equal(TinyTraining.Samples, training.Trainer.Evaluate(TinyTraining.Batches()).Samples);
    }

    [Fact]
    public void Validation_changes_nothing_and_leaves_a_frozen_layer_frozen()
    {
        var (with, without) = (new TinyTraining(), new TinyTraining());
        with.Model.Layers[1].Evaluate();
        _ = with.Trainer.Evaluate(TinyTraining.Batches());
        Assert.Equal([true, false, true, true, true], with.Model.Layers.Select(layer => layer.Training));
        with.Trainer.Fit(TinyTraining.Batches(), TinyTraining.Batches(null), 2);
        without.Trainer.Fit(TinyTraining.Batches(), epochs: 2);
        foreach (var (expected, actual) in without.Model.State().Zip(with.Model.State())) Assert.Equal(expected.Tensor.ToArray(), actual.Tensor.ToArray());
    }

    [Fact]
    public void Progress_counts_steps_and_the_last_batch_may_be_small()
    {
        var reports = new List<TrainingProgress>();
        var training = new TinyTraining();
        new Trainer(training.Model, CrossEntropy.Of, training.Optimizer) { Progress = new Listener(reports) }.Fit(TinyTraining.Batches(), epochs: 2);
        Assert.Equal(Enumerable.Range(1, 10), reports.Select(report => (int)report.Step));
        Assert.Equal([(1, 5), (2, 5)], reports.Where(report => report.Batch == report.Batches).Select(report => (report.Epoch, report.Batch)));
        Assert.Equal(TimeSpan.Zero, reports[^1].TimeLeft);
        Assert.All(reports, report => Assert.True(report.SamplesPerSecond > 0 && report.Accuracy is >= 0 and <= 1));
    }

    [Fact]
    public void Early_stopping_waits_for_its_patience()
    {
        var stopping = new EarlyStopping(patience: 3);
        var training = new TinyTraining();
        var frozen = new Sgd(training.Model.Parameters, learningRate: 0);
        var result = new Trainer(training.Model, (logits, labels) => CrossEntropy.Of(logits, labels), frozen) { Callbacks = [stopping, new Constant()] }
            .Fit(new Repeated(), new Repeated(), epochs: 50);
        Assert.Equal(StopReason.EarlyStopped, result.Reason);
        Assert.Equal(result.History.Epochs.Select(record => record.DecisiveLoss).Min(), stopping.Best, 1e-12);
        int best = result.History.Epochs.ToList().FindIndex(record => record.DecisiveLoss == stopping.Best);
        Assert.Equal(best + 1 + 3, result.History.Epochs.Count);
    }

    [Fact]
    public void The_best_model_is_kept()
    {
        using var folder = new TemporaryFolder();
        var training = new TinyTraining(null, 0, new KeepBest(folder["best.safetensors"]));
        var result = training.Fit(epochs: 8);
        training.Model.Load(folder["best.safetensors"]);
        Assert.Equal(result.History.Epochs.Min(record => record.ValidationLoss)!.Value, training.Trainer.Evaluate(TinyTraining.Batches(null)).Loss, 1e-6);
    }

    [Fact]
    public void History_files_hold_what_the_history_holds()
    {
        using var folder = new TemporaryFolder();
        var training = new TinyTraining(null, 0, new HistoryFiles(folder.Root, new Dictionary<string, string> { ["data"] = "tiny" }));
        var history = training.Trainer.Fit(TinyTraining.Batches(), epochs: 2).History;
        var lines = File.ReadAllLines(folder["history.csv"]);
        Assert.Equal("epoch,train_loss,train_accuracy,validation_loss,validation_accuracy,learning_rate,seconds,samples_per_second", lines[0]);
        Assert.Equal(3, lines.Length);
        Assert.Equal(history.Epochs[1].TrainLoss, double.Parse(lines[2].Split(',')[1], System.Globalization.CultureInfo.InvariantCulture));
        using var json = JsonDocument.Parse(File.ReadAllText(folder["history.json"]));
        var second = json.RootElement.GetProperty("epochs")[1];
        Assert.Equal("tiny", json.RootElement.GetProperty("data").GetString());
        Assert.Equal(history.Epochs[1].TrainLoss, second.GetProperty("train_loss").GetDouble());
        Assert.Equal(JsonValueKind.Null, second.GetProperty("validation_loss").ValueKind);
    }

    [Fact]
    public void A_cancelled_training_keeps_what_was_done()
    {
        using var folder = new TemporaryFolder();
        using var cancellation = new CancellationTokenSource();
        var training = new TinyTraining(folder["checkpoint"], 0, new TinyTraining.After(7, _ => cancellation.Cancel()));
        var result = training.Fit(cancellation: cancellation.Token);
        Assert.Equal((StopReason.Cancelled, 7, 1), (result.Reason, result.Steps, result.History.Epochs.Count));
        Assert.True(File.Exists(folder["checkpoint"]));
        Assert.Equal(0, new TinyTraining().Fit(cancellation: new CancellationToken(canceled: true)).Steps);
    }

    [Fact]
    public void A_label_that_is_no_class_is_named()
    {
        var training = new TinyTraining();
        var failure = Assert.ThrowsAny<Exception>(() => training.Trainer.Fit(new TensorBatches(Tensor.Ones([4, 6]), new IntTensor(0, 1, 2, 3), 4)));
        Assert.Contains("label 3 at row 3", failure.Message);
    }

    private sealed class Listener(List<TrainingProgress> reports) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => reports.Add(value);
    }

    // resets the running statistics, so that the validation loss stands still
    private sealed class Constant : Callback
    {
        public override void OnEpochEnd(TrainingState state, EpochRecord record)
        {
            foreach (var (name, buffer) in state.Model.NamedBuffers()) buffer.Span.Fill(name.EndsWith("var", StringComparison.Ordinal) ? 1 : 0);
        }
    }

    private sealed class Repeated : BatchSource
    {
        public override int Count => 1;

        public override IEnumerable<TrainingBatch> Epoch(long epoch, int startBatch = 0) => TinyTraining.Batches(null).Epoch(0).Take(1).Skip(startBatch);
    }
}
