using CsCheck;

namespace Gradus.Data.Tests;

public class DatasetTests
{
    /// <summary>Sample i holds the bytes i, i+1, ...; its label is chosen by the caller.</summary>
    internal static InMemoryDataset Set(params byte[] labels) => new("toy",
        [.. labels.SelectMany((_, i) => Enumerable.Range(i, 6).Select(v => (byte)v))], labels, ["a", "b", "c"], channels: 1, height: 2, width: 3);

    private static byte[] Labels(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(i % 7 == 0 ? 2 : i % 2))];

    [Fact]
    public void Every_byte_reads_as_its_share_of_the_largest()
    {
        byte[] all = [.. Enumerable.Range(0, 256).Select(i => (byte)i), 7, 8, 9]; // an odd length: vectors and a rest
        var set = new InMemoryDataset("bytes", all, [0], ["only"], 1, 1, all.Length);
        var sample = new float[all.Length];
        set.Read(0, sample);
        for (int i = 0; i < all.Length; i++) Assert.Equal(all[i] / 255f, sample[i]);
    }

    [Fact]
    public void Arrays_that_do_not_fit_are_refused()
    {
        Assert.Contains("need 12 bytes", Assert.Throws<InvalidDataException>(() => new InMemoryDataset("x", new byte[11], [0, 0], ["a"], 1, 2, 3)).Message);
        Assert.Contains("label of sample 1 is 3", Assert.Throws<InvalidDataException>(() => Set(0, 3)).Message);
        Assert.Contains("no samples", Assert.Throws<InvalidDataException>(() => Set()).Message);
        Assert.Contains("above the largest value 16", Assert.Throws<InvalidDataException>(() => new InMemoryDataset("x", [17], [0], ["a"], 1, 1, 1, maximum: 16)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Set(0).Read(1, new float[6]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Set(0).Label(-1));
        Assert.Throws<ArgumentException>(() => Set(0).Read(0, new float[5]));
    }

    [Fact]
    public void A_split_keeps_each_class_share_and_loses_nothing() =>
        Gen.Select(Gen.Int[20, 400], Gen.Double[0.1, 0.9], Gen.ULong).Sample((count, fraction, seed) =>
        {
            var set = Set(Labels(count));
            var (first, second) = set.Split(fraction, seed);
            Assert.Equal(Enumerable.Range(0, count), first.Indices.ToArray().Concat(second.Indices.ToArray()).Order());
            var (all, some) = (set.CountPerClass(), first.CountPerClass());
            for (int c = 0; c < 3; c++) Assert.InRange(some[c], all[c] * fraction - 0.5, all[c] * fraction + 0.5);
        }, iter: 100);

    [Fact]
    public void A_split_depends_on_its_seed_alone()
    {
        var set = Set(Labels(200));
        Assert.Equal(set.Split(0.5, 1).First.Indices.ToArray(), set.Split(0.5, 1).First.Indices.ToArray());
        Assert.NotEqual(set.Split(0.5, 1).First.Indices.ToArray(), set.Split(0.5, 2).First.Indices.ToArray());
    }

    [Fact]
    public void A_split_in_order_gives_the_last_of_each_class_to_the_second()
    {
        var (first, second) = Set(0, 1, 0, 1, 0, 1, 0, 1).SplitInOrder(0.5);
        Assert.Equal([0, 1, 2, 3], first.Indices.ToArray());
        Assert.Equal([4, 5, 6, 7], second.Indices.ToArray());
    }

    [Fact]
    public void A_split_that_leaves_nothing_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Set(0, 1).Split(0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Set(0, 1).Split(1.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Set(0, 1).Split(double.NaN));
    }

    [Fact]
    public void A_subset_reads_from_its_source()
    {
        var subset = new Subset(Set(0, 1, 2), [2, 0, 2]);
        Assert.Equal([2, 0, 2], Enumerable.Range(0, 3).Select(subset.Label));
        var sample = new float[6];
        subset.Read(0, sample);
        Assert.Equal(2 / 255f, sample[0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Subset(Set(0), [1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => subset.Label(3));
    }

    [Fact]
    public void A_permutation_is_one_and_follows_from_seed_and_epoch()
    {
        var order = new int[1000];
        var seen = new HashSet<string>();
        foreach (var (seed, epoch) in new[] { (0UL, 0L), (0UL, 1L), (1UL, 0L), (1UL, 1L) })
        {
            Permutation.Fill(order, seed, epoch);
            Assert.Equal(Enumerable.Range(0, 1000), order.Order());
            Assert.True(seen.Add(string.Join(',', order)));
        }

        var small = new int[8];
        Permutation.Fill(small, 42, 3);
        Assert.Equal(Known, small); // a change here would break every resumed training
    }

    private static readonly int[] Known = [0, 6, 1, 3, 2, 4, 7, 5]; // by an independent program

    [Fact]
    public void All_orders_of_three_are_equally_likely()
    {
        var counts = new Dictionary<string, int>();
        var order = new int[3];
        for (int epoch = 0; epoch < 6000; epoch++)
        {
            Permutation.Fill(order, 5, epoch);
            string key = string.Concat(order);
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        Assert.Equal(6, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 850, 1150)); // 1000 ± 5 deviations
    }

    [Fact]
    public void Normalised_channels_have_mean_zero_and_deviation_one()
    {
        var set = new InMemoryDataset("two", [.. Enumerable.Range(0, 240).Select(i => (byte)(i * 37 % 251))], new byte[20], ["a"], channels: 2, 2, 3);
        var normalization = Normalization.Of(set);
        var values = new List<float>[] { [], [] };
        var sample = new float[12];
        for (int i = 0; i < 20; i++)
        {
            set.Read(i, sample);
            normalization.Apply(sample);
            for (int c = 0; c < 2; c++) values[c].AddRange(sample.AsSpan(6 * c, 6));
        }

        foreach (var channel in values)
        {
            Assert.Equal(0, channel.Average(), 1e-5);
            Assert.Equal(1, channel.Average(x => x * x), 1e-4);
        }
    }

    [Fact]
    public void A_constant_channel_is_normalised_to_zero()
    {
        var set = new InMemoryDataset("flat", [.. Enumerable.Repeat((byte)77, 8)], [0, 0], ["a"], 1, 2, 2);
        var sample = new float[4];
        set.Read(0, sample);
        Normalization.Of(set).Apply(sample);
        Assert.All(sample, x => Assert.InRange(x, -1e-6f, 1e-6f));
    }
}
