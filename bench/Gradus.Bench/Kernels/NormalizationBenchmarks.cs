using BenchmarkDotNet.Attributes;
using Gradus.Kernels;
using Gradus.Kernels.Convolution;

namespace Bench.Kernels;

/// <summary>Batch normalisation with ReLU over blocked activations [32, 4, 16, 16, 16] (64 channels, 2 MiB), on one thread: bound by the caches.</summary>
[Config(typeof(InProcess))]
public class NormalizationBenchmarks
{
    private const int Images = 32, Blocks = 4, Pixels = 16 * 16, Lanes = 16;

    private readonly BlockedNormalization _kernel = new(Images, Blocks, Pixels);
    private readonly float[] _x = ConvolutionBenchmarks.Uniform(Images * Blocks * Pixels * Lanes), _y = ConvolutionBenchmarks.Uniform(Images * Blocks * Pixels * Lanes);
    private readonly float[] _gradient = ConvolutionBenchmarks.Uniform(Images * Blocks * Pixels * Lanes);
    private readonly float[] _a = ConvolutionBenchmarks.Uniform(Blocks * Lanes), _b = ConvolutionBenchmarks.Uniform(Blocks * Lanes), _c = ConvolutionBenchmarks.Uniform(Blocks * Lanes);
    private float[] _scratch = [];

    [GlobalSetup]
    public void Setup()
    {
        Workers.Threads = 1;
        _scratch = ConvolutionBenchmarks.Uniform(_kernel.ScratchLength);
    }

    [Benchmark]
    public void Forward()
    {
        _kernel.Statistics(_x, _a, _b, _scratch);
        _kernel.Apply(_x, [], _a, _b, relu: true, _y);
    }

    [Benchmark]
    public void Backward()
    {
        _kernel.GradientSums(_x, _gradient, _y, _a, _b, _c, _scratch);
        _kernel.Combine(_x, _gradient, _y, _a, _b, _c, _gradient, []);
    }
}
