using BenchmarkDotNet.Attributes;
using Gradus.Kernels;

namespace Bench.Kernels;

/// <summary>What it costs to hand an empty tile to every thread of the team and to wait for all.</summary>
[Config(typeof(InProcess))]
public class WorkersBenchmarks
{
    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup() => Workers.Threads = Threads;

    [Benchmark]
    public void Wake() => Workers.Run(Threads, 0, static (_, _) => { });
}
