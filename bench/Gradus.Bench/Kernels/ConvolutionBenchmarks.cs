using BenchmarkDotNet.Attributes;
using Gradus;
using Gradus.Kernels;
using Gradus.Kernels.Convolution;
using Gradus.Kernels.Convolution.Winograd;

namespace Bench.Kernels;

/// <summary>The three passes of a padded 3x3 convolution over blocked activations, directly and in Winograd's form, at the sizes of a residual network's stages, on one thread.</summary>
/// <remarks>Each pass does batch · side² · channels² · 9 multiply-adds; the machine's peak is what <c>peers</c> calls 100 %.</remarks>
[Config(typeof(InProcess))]
public class ConvolutionBenchmarks
{
    private const int Batch = 16;

    private ConvolutionGeometry _geometry;
    private float[] _input = [], _output = [], _weights = [], _packed = [], _packedBackward = [], _scratch = [], _transformed = [], _sums = [];

    /// <summary>Channels of input and output, and the picture's side.</summary>
    [Params("16x32", "32x16", "64x8", "64x56", "128x28")]
    public string Stage { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        Workers.Threads = 1;
        int[] sizes = [.. Stage.Split('x').Select(text => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture))];
        _geometry = new ConvolutionGeometry
        {
            Batch = Batch,
            InChannels = sizes[0],
            OutChannels = sizes[0],
            InHeight = sizes[1],
            InWidth = sizes[1],
            KernelHeight = 3,
            KernelWidth = 3,
            PadTop = 1,
            PadLeft = 1,
            PadBottom = 1,
            PadRight = 1,
        };
        (_input, _output, _weights) = (Uniform(_geometry.InputLength), Uniform(_geometry.OutputLength), Uniform(_geometry.WeightsLength));
        _packed = Uniform(PackedWeights.ForwardLength(_geometry));
        _packedBackward = Uniform(PackedWeights.BackwardLength(_geometry));
        _scratch = Uniform(ConvolutionBackwardWeights.ScratchLength(_geometry));
        _transformed = Uniform(WinogradWeights.Length(WinogradGeometry.Forward(_geometry)));
        _sums = Uniform(WinogradBackwardWeights.ScratchLength(_geometry));
    }

    [Benchmark]
    public void Forward()
    {
        PackedWeights.Forward(_geometry, _weights, _packed);
        ConvolutionForward.Run(_geometry, _input, _packed, [], _output, relu: true);
    }

    [Benchmark]
    public void InputGradient()
    {
        PackedWeights.Backward(_geometry, _weights, _packedBackward);
        ConvolutionBackwardInput.Run(_geometry, _output, _packedBackward, _input);
    }

    [Benchmark]
    public void WeightGradient() => ConvolutionBackwardWeights.Run(_geometry, _input, _output, _weights, [], _scratch);

    [Benchmark]
    public void WinogradForward()
    {
        WinogradWeights.Forward(_geometry, _weights, _transformed);
        WinogradCorrelation.Run(WinogradGeometry.Forward(_geometry), _input, _transformed, [], _output, relu: true);
    }

    [Benchmark]
    public void WinogradInputGradient()
    {
        WinogradWeights.Backward(_geometry, _weights, _transformed);
        WinogradCorrelation.Run(WinogradGeometry.Backward(_geometry), _output, _transformed, [], _input, relu: false);
    }

    [Benchmark]
    public void WinogradWeightGradient() => WinogradBackwardWeights.Run(_geometry, _input, _output, _weights, [], _sums);

    // Pinned, as the engine's memory is: a kernel may not see its operands move.
    internal static float[] Uniform(int count)
    {
        var values = GC.AllocateUninitializedArray<float>(count, pinned: true);
        new RandomSource(1).Uniform(values, -1, 1);
        return values;
    }
}
