using Gradus;
using Gradus.Layers;

namespace Bench;

/// <summary>Twice a 3x3 convolution without padding, ReLU and max-pool 2; a dense layer; cross-entropy; Adam.</summary>
[Runs("cnn-32", Side.Gradus)]
internal sealed class GradusCnn32 : GradusTraining
{
    protected override Layer Model(Sizes sizes)
    {
        int filters = sizes["filters"], side = ((sizes["side"] - 2) / 2 - 2) / 2;
        return new Sequential(
            new Conv2d(sizes["channels"], filters, 3), new Relu(), new MaxPool2d(2),  // [n, 64, 15, 15]
            new Conv2d(filters, filters, 3), new Relu(), new MaxPool2d(2),            // [n, 64, 6, 6]
            new Flatten(), new Linear(filters * side * side, sizes["classes"]));
    }

    protected override Tensor Inputs(Sizes sizes) => Normal([sizes["batch"], sizes["channels"], sizes["side"], sizes["side"]]);
}
