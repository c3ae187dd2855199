using Gradus;
using Gradus.Layers;

namespace Bench;

/// <summary>Twice a 3x3 convolution without padding, ReLU and max-pool 2; dense, ReLU, dense; cross-entropy; Adam.</summary>
[Runs("cnn-128", Side.Gradus)]
internal sealed class GradusCnn128 : GradusTraining
{
    protected override Layer Model(Sizes sizes)
    {
        int first = sizes["filters1"], second = sizes["filters2"], side = ((sizes["side"] - 2) / 2 - 2) / 2;
        return new Sequential(
            new Conv2d(sizes["channels"], first, 3), new Relu(), new MaxPool2d(2),  // [n, 32, 63, 63]
            new Conv2d(first, second, 3), new Relu(), new MaxPool2d(2),             // [n, 64, 30, 30]
            new Flatten(), new Linear(second * side * side, sizes["dense"]), new Relu(), new Linear(sizes["dense"], sizes["classes"]));
    }

    protected override Tensor Inputs(Sizes sizes) => Normal([sizes["batch"], sizes["channels"], sizes["side"], sizes["side"]]);
}
