using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Bench.Peers;

/// <summary>The residual network of 20 layers of He et al. 2016, section 4.2, with projections as shortcuts; cross-entropy, SGD with momentum.</summary>
[Runs("resnet-20", Side.Peer)]
internal sealed class TorchResNet20 : TorchTraining
{
    private const int BlocksPerStage = 3;
    private static readonly int[] Widths = [16, 32, 64];

    private readonly List<(Filter First, Filter Second, Filter? Shortcut)> _blocks = [];
    private Tensor _x = null!, _labels = null!, _weight = null!, _bias = null!;
    private Filter _stem = null!;

    protected override void Build(Sizes sizes)
    {
        _x = Pictures.Batch(sizes["batch"], sizes["channels"], sizes["side"]);
        _labels = randint(sizes["classes"], [sizes["batch"]], dtype: ScalarType.Int64);
        _stem = NewFilter(sizes["channels"], Widths[0], 3, 1);
        int channels = Widths[0];
        foreach (int width in Widths)
        {
            for (int block = 0; block < BlocksPerStage; block++)
            {
                int stride = width == channels ? 1 : 2;
                _blocks.Add((NewFilter(channels, width, 3, stride), NewFilter(width, width, 3, 1), stride == 1 ? null : NewFilter(channels, width, 1, stride)));
                channels = width;
            }
        }

        (_weight, _bias) = (NewParameter(channels, sizes["classes"], channels), NewParameter(channels, sizes["classes"]));
    }

    protected override Tensor Loss()
    {
        var x = _stem.Forward(_x).relu_();
        foreach (var (first, second, shortcut) in _blocks)
        {
            var body = second.Forward(first.Forward(x).relu_());
            x = body.add_(shortcut?.Forward(x) ?? x).relu_();
        }

        return cross_entropy(linear(x.mean([2, 3]), _weight, _bias), _labels);
    }

    protected override optim.Optimizer Optimize(IEnumerable<Parameter> parameters) => optim.SGD(parameters, 0.01, momentum: 0.9);

    private Filter NewFilter(int inputs, int outputs, int kernel, int stride)
    {
        var (gain, shift) = (NewParameter(1, outputs), NewParameter(1, outputs));
        return new Filter(NewParameter(inputs * kernel * kernel, outputs, inputs, kernel, kernel), gain, shift, zeros(outputs), ones(outputs), stride);
    }

    /// <summary>A convolution without bias that keeps the size but for its stride, then batch normalisation.</summary>
    private sealed record Filter(Tensor Kernel, Tensor Gain, Tensor Shift, Tensor Mean, Tensor Variance, int Stride)
    {
        public Tensor Forward(Tensor x)
        {
            long padding = Kernel.shape[2] / 2;
            return batch_norm(conv2d(x, Kernel, null, [Stride, Stride], [padding, padding]), Mean, Variance, Gain, Shift, training: true);
        }
    }
}
