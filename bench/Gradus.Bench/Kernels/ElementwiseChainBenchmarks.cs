using BenchmarkDotNet.Attributes;
using Gradus;
using Gradus.Graph.Planning;
using Gradus.Graph.Rewriting;
using Gradus.Kernels;
using Gradus.Ops;

namespace Bench.Kernels;

/// <summary>GELU written out by hand, 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³))), over a million elements, forward and backward: nine operations or one.</summary>
[Config(typeof(InProcess))]
public class ElementwiseChainBenchmarks
{
    private const int Count = 1 << 20;

    private Plan _plan = null!;

    [Params(1, 2)]
    public int Threads { get; set; }

    [Params(false, true)]
    public bool Fused { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        Workers.Threads = Threads;
        var (x, weight) = (Tensor.Zeros([Count]), Tensor.Zeros([1, Count]));
        var random = new RandomSource(1);
        random.Normal(x.Span);
        random.Normal(weight.Span);
        x.RequiresGradient = true;
        _plan = Plan.Capture((_, _) => [Step(x, weight)], [], [], Fused ? [new FuseChains()] : []);
    }

    [Benchmark]
    public void Gelu() => _plan.Run([], []);

    private static Tensor Step(Tensor x, Tensor weight)
    {
        x.Gradient = null;
        var gelu = 0.5f * x * ((0.7978846f * (x + 0.044715f * (x * x * x))).Tanh() + 1);
        var loss = gelu.Linear(weight, null);
        loss.Backward();
        return loss;
    }
}
