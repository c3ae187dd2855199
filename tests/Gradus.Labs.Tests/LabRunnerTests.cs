using Gradus.Layers;
using Gradus.Losses;
using Gradus.Training;

namespace Gradus.Labs.Tests;

public sealed class LabRunnerTests : IDisposable
{
    private readonly string _folder = Path.Combine(AppContext.BaseDirectory, "runner", Guid.NewGuid().ToString("N"));

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_result_is_written_and_read_again_with_all_that_the_lab_left()
    {
        var result = Run(lab =>
        {
            lab.Note(("noted", "记下"));
            lab.Show(new Chart("curve", "a", "b", "c", [ChartLine.Counted("line", [1, double.NaN, 3])]) { LogY = true });
            lab.Show(new ResultTable("table", "t", ["x"], [["1"]]));
            lab.Show("grid", "g", [new Plots.Picture(new float[4], 1, 2, 2)], 1);
            return [];
        }, Budget.Full);
        var read = LabResult.Read(_folder);
        Assert.Equal([0ul, 1ul, 2ul], read.Seeds);
        Assert.Equal("记下", read.Notes.Single().Zh);
        Assert.Equal([1, double.NaN, 3], read.Charts.Single().Lines.Single().Y);
        Assert.Equal(result.Machine, read.Machine);
        Assert.True(File.Exists(Path.Combine(_folder, "curve.png")));
        Assert.True(File.Exists(Path.Combine(_folder, read.Pictures.Single().File)));
    }

    [Fact]
    public void A_lab_that_throws_leaves_one_line_and_a_set_that_is_not_here_the_command_that_brings_it()
    {
        Assert.Equal("ArgumentException: no luck", Run(_ => throw new ArgumentException("no luck\nand more")).Failure);
        var missing = Run(_ => throw new Data.DatasetUnavailableException("cifar-10", ["no network"]));
        Assert.Null(missing.Failure);
        Assert.EndsWith("Get it by: gradus data get cifar-10", missing.Missing, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lab_that_is_stopped_leaves_no_result()
    {
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => new LabRunner(Cache()).Run(new Scripted(lab =>
        {
            stop.Cancel();
            lab.Measure("arm", _ => 1);
            return [];
        }), new LabSettings(Budget.Tiny, _folder), cancellation: stop.Token));
        Assert.False(File.Exists(Path.Combine(_folder, LabResult.FileName)));
    }

    [Fact]
    public void A_training_that_diverges_says_at_which_step_and_layer_and_the_lab_goes_on()
    {
        LabTraining? training = null;
        var result = Run(lab =>
        {
            var random = new RandomSource(1);
            var model = new Sequential(new Linear(2, 2, random: random), new Linear(2, 2, random: random));
            var x = Tensor.Zeros([4, 2]);
            x.Span.Fill(1);
            training = lab.Fit(Objective.Regression(model, MeanSquaredError.Of), new Sgd(model.Parameters, 1e20f), new TensorBatches(x, Tensor.Zeros([4, 2]), 4), epochs: 20, line: "far too fast");
            return [];
        });
        Assert.Contains("step ", training!.Diverged, StringComparison.Ordinal);
        Assert.Equal(double.PositiveInfinity, training.FinalLoss);
        Assert.StartsWith("far too fast: step ", result.Notes.Single().En, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_is_trained_once_for_all_that_ask_for_the_same()
    {
        int trained = 0;
        Layer Ask(NetworkCache cache, string key)
        {
            var network = new Linear(2, 2, random: new RandomSource(9));
            cache.Train(key, network, () =>
            {
                trained++;
                network.Weight.Span.Fill(trained);
            });
            return network;
        }

        Assert.Equal(1, Ask(Cache(), "a").Parameters[0].Span[0]);
        Assert.Equal(1, Ask(Cache(), "a").Parameters[0].Span[0]);
        Assert.Equal(2, Ask(Cache(), "b").Parameters[0].Span[0]);
        var fresh = new NetworkCache(Path.Combine(_folder, "networks"), fresh: true);
        Assert.Equal(3, Ask(fresh, "a").Parameters[0].Span[0]);
        Assert.Equal(3, Ask(fresh, "a").Parameters[0].Span[0]);
        foreach (string file in Directory.GetFiles(Path.Combine(_folder, "networks"))) File.WriteAllText(file, "damaged");
        Assert.Equal(4, Ask(Cache(), "a").Parameters[0].Span[0]);
    }

    private LabResult Run(Func<LabContext, IReadOnlyList<Verdict>> script, Budget budget = Budget.Tiny) =>
        new LabRunner(Cache()).Run(new Scripted(script), new LabSettings(budget, _folder), cancellation: TestContext.Current.CancellationToken);

    private NetworkCache Cache() => new(Path.Combine(_folder, "networks"));

    private sealed class Scripted(Func<LabContext, IReadOnlyList<Verdict>> script) : Lab
    {
        public Scripted() : this(_ => []) { }

        public override Bilingual Title => "scripted";

        protected internal override IReadOnlyList<Verdict> Run(LabContext lab) => script(lab);
    }
}
