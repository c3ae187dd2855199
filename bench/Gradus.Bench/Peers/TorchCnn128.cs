using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Bench.Peers;

/// <summary>Twice a 3x3 convolution without padding, ReLU and max-pool 2; two dense layers; cross-entropy; Adam.</summary>
[Runs("cnn-128", Side.Peer)]
internal sealed class TorchCnn128 : TorchTraining
{
    private Tensor _x = null!, _labels = null!, _kernel1 = null!, _bias1 = null!, _kernel2 = null!, _bias2 = null!;
    private Tensor _weight1 = null!, _bias3 = null!, _weight2 = null!, _bias4 = null!;

    protected override void Build(Sizes sizes)
    {
        int channels = sizes["channels"], filters1 = sizes["filters1"], filters2 = sizes["filters2"], dense = sizes["dense"], classes = sizes["classes"];
        int side = ((sizes["side"] - 2) / 2 - 2) / 2, flat = filters2 * side * side;
        _x = Pictures.Batch(sizes["batch"], channels, sizes["side"]);
        _labels = randint(classes, [sizes["batch"]], dtype: ScalarType.Int64);
        (_kernel1, _bias1) = (NewParameter(9 * channels, filters1, channels, 3, 3), NewParameter(9 * channels, filters1));
        (_kernel2, _bias2) = (NewParameter(9 * filters1, filters2, filters1, 3, 3), NewParameter(9 * filters1, filters2));
        (_weight1, _bias3) = (NewParameter(flat, dense, flat), NewParameter(flat, dense));
        (_weight2, _bias4) = (NewParameter(dense, classes, dense), NewParameter(dense, classes));
    }

    protected override Tensor Loss()
    {
        var x = max_pool2d(conv2d(_x, _kernel1, _bias1).relu_(), 2); // [n, 32, 63, 63]
        x = max_pool2d(conv2d(x, _kernel2, _bias2).relu_(), 2);      // [n, 64, 30, 30]
        x = linear(x.flatten(1), _weight1, _bias3).relu_();          // [n, 128]
        return cross_entropy(linear(x, _weight2, _bias4), _labels);
    }
}
