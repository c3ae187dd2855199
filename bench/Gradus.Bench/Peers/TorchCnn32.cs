using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Bench.Peers;

/// <summary>Twice a 3x3 convolution without padding, ReLU and max-pool 2; a dense layer; cross-entropy; Adam.</summary>
[Runs("cnn-32", Side.Peer)]
internal sealed class TorchCnn32 : TorchTraining
{
    private Tensor _x = null!, _labels = null!, _kernel1 = null!, _bias1 = null!, _kernel2 = null!, _bias2 = null!, _weight = null!, _bias = null!;

    protected override void Build(Sizes sizes)
    {
        int channels = sizes["channels"], filters = sizes["filters"], classes = sizes["classes"];
        int side = ((sizes["side"] - 2) / 2 - 2) / 2, flat = filters * side * side;
        _x = Pictures.Batch(sizes["batch"], channels, sizes["side"]);
        _labels = randint(classes, [sizes["batch"]], dtype: ScalarType.Int64);
        (_kernel1, _bias1) = (NewParameter(9 * channels, filters, channels, 3, 3), NewParameter(9 * channels, filters));
        (_kernel2, _bias2) = (NewParameter(9 * filters, filters, filters, 3, 3), NewParameter(9 * filters, filters));
        (_weight, _bias) = (NewParameter(flat, classes, flat), NewParameter(flat, classes));
    }

    protected override Tensor Loss()
    {
        var x = max_pool2d(conv2d(_x, _kernel1, _bias1).relu_(), 2); // [n, 64, 15, 15]
        x = max_pool2d(conv2d(x, _kernel2, _bias2).relu_(), 2);      // [n, 64, 6, 6]
        return cross_entropy(linear(x.flatten(1), _weight, _bias), _labels);
    }
}
