using Bench.Report;
using Bench.Sides;

namespace Bench;

/// <summary>Runs the cases: Gradus beside the peer, or the peer alone.</summary>
internal sealed class Comparison(Options options, bool peerOnly)
{
    private readonly Dictionary<int, double> _peaks = [];

    /// <summary>Runs every case that both sides have and gives its rows one by one.</summary>
    public IEnumerable<Row> Run() =>
        from one in options.Cases
        where peerOnly || Contenders.Exists(one.Work, Side.Gradus)
        from threads in options.Threads
        from metric in one.Metrics
        where metric == Metric.Step || !options.Vary
        from row in options.Vary && one.Varies ? Vary(one, threads) : Measure(one, one.Sizes, threads, metric)
        select row;

    // The row of a setting is the trial whose ratio is the median, whole: its ratio is that of its own two figures.
    private IEnumerable<Row> Vary(Case one, int threads)
    {
        var random = new Random(options.Seed);
        var trials = new List<Row[]>();
        for (int trial = 0; trial < options.Effort.Trials; trial++)
        {
            var sizes = one.Sizes.Neighbour(random, one.Fixed);
            Row[] rows = [.. Measure(one, sizes, threads, Metric.Step)];
            trials.Add(rows);
            foreach (var row in rows) Console.Error.WriteLine($"  {one.Name} {sizes} {row.PeerSetting}: {row.Gradus:0.000} beside {row.PeerValue:0.000} ms");
        }

        return one.PeerSettings.Select((_, i) => trials.Select(rows => rows[i]).OrderBy(row => row.Ratio ?? row.PeerValue).ElementAt(trials.Count / 2));
    }

    private List<Row> Measure(Case one, Sizes sizes, int threads, Metric metric)
    {
        List<Func<ChildSide>> starters = [.. one.PeerSettings.Select(setting => Starter(Side.Peer, setting))];
        if (!peerOnly) starters.Insert(0, Starter(Side.Gradus, PeerSetting.Default));
        long? allocated = null;
        var turns = metric switch
        {
            Metric.Start => Duel.Starts(starters, options.Effort),
            Metric.Resident => Duel.Resident(starters, options.Effort),
            _ => Steps(starters, out allocated),
        };

        var gradus = peerOnly ? null : turns[0];
        return [.. one.PeerSettings.Zip(peerOnly ? turns : turns[1..], (setting, peer) => new Row(
            one.Name, Name(metric), threads, gradus?.Median, Peer(one), setting.Name, peer.Median, peer.Median / gradus?.Median, allocated,
            metric == Metric.Step ? one.MultiplyAdds(sizes) * 2 / ((gradus ?? peer).Median / 1000) / PeakOf(threads) : null)
        {
            Best = (gradus?.Best, peer.Best),
        })];

        Func<ChildSide> Starter(Side side, PeerSetting setting) => () => new ChildSide(one, sizes, side, threads, setting);
    }

    private Turns[] Steps(List<Func<ChildSide>> starters, out long? allocated)
    {
        var sides = new List<ChildSide>();
        try
        {
            foreach (var start in starters) sides.Add(start());
            var turns = Duel.Steps(sides, options.Effort);
            allocated = peerOnly ? null : sides[0].Allocated(options.Effort.CountedSteps);
            return turns;
        }
        finally
        {
            foreach (var side in sides) side.Dispose();
        }
    }

    private double PeakOf(int threads) => _peaks.TryGetValue(threads, out double peak) ? peak : _peaks[threads] = Peak.Measure(threads);

    private static string Peer(Case one) => one.Work == "resnet-18" ? "ONNX Runtime 1.31.1" : "TorchSharp 0.107, libtorch 2.10";

    private static string Name(Metric metric) => metric switch
    {
        Metric.Start => "start_ms",
        Metric.Resident => "resident_mb",
        _ => "step_ms",
    };
}
