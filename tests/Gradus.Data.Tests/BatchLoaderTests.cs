using CsCheck;

namespace Gradus.Data.Tests;

public class BatchLoaderTests
{
    private static readonly InMemoryDataset Toy = DatasetTests.Set([.. Enumerable.Range(0, 103).Select(i => (byte)(i % 3))]);

    private static List<(int Index, int[] Samples, int[] Labels)> Walk(BatchLoader loader, long epoch, int start = 0)
    {
        var batches = new List<(int, int[], int[])>();
        foreach (var batch in loader.Epoch(epoch, start))
        {
            int[] samples = [.. Enumerable.Range(0, batch.Count).Select(i => (int)Math.Round(batch.Inputs[6 * i] * 255))]; // a sample begins with its own number
            batches.Add((batch.Index, samples, batch.Labels[..batch.Count]));
        }

        return batches;
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Every_sample_comes_once_with_its_label(bool shuffle)
    {
        var batches = Walk(new BatchLoader(Toy, 10, shuffle, seed: 3), epoch: 0);
        Assert.Equal(11, batches.Count);
        Assert.Equal(Enumerable.Range(0, 11), batches.Select(b => b.Index));
        int[] samples = [.. batches.SelectMany(b => b.Samples)];
        Assert.Equal(Enumerable.Range(0, 103), shuffle ? samples.Order() : samples);
        Assert.Equal(samples.Select(s => s % 3), batches.SelectMany(b => b.Labels));
    }

    [Fact]
    public void An_incomplete_last_batch_is_given_or_dropped()
    {
        Assert.Equal(3, Walk(new BatchLoader(Toy, 10), 0)[^1].Samples.Length);
        var dropping = new BatchLoader(Toy, 10, dropLast: true);
        Assert.Equal(10, dropping.BatchesPerEpoch);
        Assert.All(Walk(dropping, 0), b => Assert.Equal(10, b.Samples.Length));
    }

    [Fact]
    public void Epochs_differ_and_repeat()
    {
        var loader = new BatchLoader(Toy, 16, seed: 9);
        int[] Order(long epoch) => [.. Walk(loader, epoch).SelectMany(b => b.Samples)];
        int[] zero = Order(0);
        Assert.NotEqual(zero, Order(1));
        Assert.Equal(zero, Order(0));
        Assert.Equal(zero, Walk(new BatchLoader(Toy, 16, seed: 9), 0).SelectMany(b => b.Samples));
        Assert.NotEqual(zero, Walk(new BatchLoader(Toy, 16, seed: 10), 0).SelectMany(b => b.Samples));
    }

    [Fact]
    public void A_resumed_epoch_goes_on_with_the_same_batches() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[0, 200], Gen.ULong, Gen.Int[0, 5]).Sample((size, start, seed, epoch) =>
        {
            var loader = new BatchLoader(Toy, size, seed: seed);
            start %= loader.BatchesPerEpoch + 1;
            Assert.Equal(Walk(loader, epoch).Skip(start).Select(b => string.Join(',', b.Samples)), Walk(loader, epoch, start).Select(b => string.Join(',', b.Samples)));
        }, iter: 100, threads: 1);

    [Fact]
    public void A_batch_stays_as_it_is_while_it_is_held()
    {
        foreach (var batch in new BatchLoader(Toy, 4, seed: 1).Epoch(0))
        {
            float[] before = [.. batch.Inputs];
            Thread.Sleep(2); // the pool fills what it may
            Assert.Equal(before, batch.Inputs);
        }
    }

    [Fact]
    public void Leaving_early_and_starting_anew_gives_a_whole_epoch()
    {
        var loader = new BatchLoader(Toy, 8);
        for (int round = 0; round < 50; round++)
        {
            int taken = 0;
            foreach (var _ in loader.Epoch(round))
            {
                if (++taken > round % 5) break;
            }
        }

        Assert.Equal(103, Walk(loader, 0).Sum(b => b.Samples.Length));
    }

    [Fact]
    public void An_epoch_ends_when_another_begins()
    {
        var loader = new BatchLoader(Toy, 8);
        var old = loader.Epoch(0);
        Assert.True(old.MoveNext());
        loader.Epoch(1).Dispose();
        Assert.Throws<InvalidOperationException>(() => old.MoveNext());
    }

    [Fact]
    public async Task A_busy_thread_pool_does_not_stop_it()
    {
        using var gate = new ManualResetEventSlim();
        Task[] blocked = [.. Enumerable.Range(0, 64).Select(_ => Task.Run(gate.Wait, TestContext.Current.CancellationToken))];
        Assert.Equal(103, Walk(new BatchLoader(Toy, 8), 0).Sum(b => b.Samples.Length));
        gate.Set();
        await Task.WhenAll(blocked);
    }

    [Fact]
    public void A_sample_that_cannot_be_read_fails_in_the_loop_and_the_loader_survives()
    {
        var set = new Failing { Fails = true };
        var loader = new BatchLoader(set, 2, shuffle: false);
        int batches = 0;
        Assert.Equal("sample 5", Assert.Throws<InvalidDataException>(() =>
        {
            foreach (var _ in loader.Epoch(0)) batches++;
        }).Message);
        Assert.Equal(2, batches);
        set.Fails = false;
        foreach (var _ in loader.Epoch(0)) batches++;
        Assert.Equal(2 + 4, batches);
    }

    [Fact]
    public void Nonsense_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchLoader(Toy, 0));
        Assert.Throws<ArgumentException>(() => new BatchLoader(Toy, 104, dropLast: true));
        Assert.Throws<ArgumentException>(() => new BatchLoader(Toy, 4, normalization: new Normalization([0, 0, 0], [1, 1, 1])));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchLoader(Toy, 103).Epoch(0, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchLoader(Toy, 103).Epoch(0, -1));
    }

    private sealed class Failing : Dataset
    {
        public bool Fails { get; set; }
        public override string Name => "failing";
        public override int Count => 8;
        public override IReadOnlyList<string> ClassNames => ["a"];
        public override int Channels => 1;
        public override int Height => 1;
        public override int Width => 1;
        public override void Read(int index, Span<float> destination)
        {
            if (Fails && index == 5) throw new InvalidDataException("sample 5");
        }

        public override int Label(int index) => 0;
    }
}
