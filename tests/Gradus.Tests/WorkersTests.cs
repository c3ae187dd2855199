using Gradus.Kernels;

namespace Gradus.Tests;

public class WorkersTests
{
    [Theory]
    [InlineData(0), InlineData(1), InlineData(2), InlineData(7), InlineData(1000)]
    public void Every_tile_runs_once(int tiles)
    {
        var runs = new int[tiles];
        Workers.Run(tiles, runs, static (runs, tile) => Interlocked.Increment(ref runs[tile]));
        Assert.All(runs, count => Assert.Equal(1, count));
    }

    [Fact]
    public void A_call_inside_a_tile_runs_in_place()
    {
        var sums = new int[8];
        Workers.Run(8, sums, static (sums, tile) =>
            Workers.Run(5, (sums, tile), static (s, inner) => s.sums[s.tile] += inner));
        Assert.All(sums, sum => Assert.Equal(10, sum));
    }

    [Fact]
    public void A_failing_tile_fails_the_call_and_the_team_survives()
    {
        Assert.ThrowsAny<Exception>(() => Workers.Run(4, 0, static (_, tile) => { if (tile == 2) throw new InvalidOperationException("tile 2"); }));
        Every_tile_runs_once(100);
    }
}
