using CsCheck;

namespace Gradus.Data.Tests;

public class DecodedCacheTests
{
    private static readonly InMemoryDataset Some = DatasetTests.Set(0, 1, 2, 1);

    [Fact]
    public void The_second_load_does_not_decode()
    {
        using var folder = new TemporaryFolder();
        string origin = folder.Write("origin", [1]);
        int decoded = 0;
        (InMemoryDataset, InMemoryDataset?) Load() => DecodedCache.GetOrLoad(folder["c.raw"], [origin], () => (Some, ++decoded > 0 ? Some : null));
        Load();
        var (train, test) = Load();
        Assert.Equal(1, decoded);
        foreach (var set in new[] { train, test! })
        {
            Assert.Equal(Some.Pixels.ToArray(), set.Pixels.ToArray());
            Assert.Equal(Some.Labels.ToArray(), set.Labels.ToArray());
            Assert.Equal(Some.ClassNames, set.ClassNames);
            Assert.Equal(Some.ToString(), set.ToString());
        }

        folder.Write("origin", [1, 2]); // another file now
        Load();
        Assert.Equal(2, decoded);
    }

    [Fact]
    public void Any_mutilated_cache_is_made_anew_or_read()
    {
        using var folder = new TemporaryFolder();
        DecodedCache.GetOrLoad(folder["c.raw"], [], () => (Some, Some));
        byte[] whole = File.ReadAllBytes(folder["c.raw"]);
        Mutilation.Of(whole, header: whole.Length).Sample(file =>
        {
            folder.Write("c.raw", file);
            var (train, _) = DecodedCache.GetOrLoad(folder["c.raw"], [], () => (Some, Some));
            Assert.True(train.Count >= 1);
        }, iter: 1000, threads: 1);
    }
}
