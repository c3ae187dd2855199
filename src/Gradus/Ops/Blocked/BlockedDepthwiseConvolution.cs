using Gradus.Graph;
using Gradus.Kernels;
using Gradus.Kernels.Convolution;

namespace Gradus.Ops;

/// <summary>A convolution with one kernel for each channel over blocked activations <c>[n, channels / 16, h, w, 16]</c>: channels are the lanes.</summary>
/// <remarks>Howard et al. 2017, https://arxiv.org/abs/1704.04861, equation 3.</remarks>
internal sealed class BlockedDepthwiseConvolution(ConvolutionSettings settings) : Operation
{
    // inputs: x blocked, weight [channels, 1, kernel height, kernel width], bias [channels] (optional)
    public override object Settings => settings;

    /// <summary>True if the convolution is depthwise and blocks serve it: at least half of the lanes used.</summary>
    public static bool Covers(Convolution2d convolution, Shape weight) => convolution.IsDepthwise(weight) && weight[0] * 2 >= Blocked.Lanes;

    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var (x, window, kernel) = (inputs[0], Window(inputs[1]), Kernel(inputs[0], inputs[1]));
        return new Signature(Shape.Of([x[0], x[1], window.OutHeight(x[2]), window.OutWidth(x[3]), Blocked.Lanes]))
        {
            Scratch = kernel.PackedLength,
            BackwardScratch = Math.Max(kernel.PackedLength, kernel.SumsLength),
        };
    }

    protected internal override void Forward(Frame f)
    {
        var kernel = Kernel(f.InputShape(0), f.InputShape(1));
        kernel.Pack(f.Input(1), f.InputCount > 2 ? f.Input(2) : [], f.Scratch);
        kernel.Forward(f.Input(0), f.Scratch, f.Output);
    }

    protected internal override void Backward(Frame f) => Convolution2d.BackwardDepthwise(f, Kernel(f.InputShape(0), f.InputShape(1)));

    private Window2d Window(Shape weight) => new(new Size2d(weight[2], weight[3]), settings.Stride, settings.Padding, settings.Dilation);

    private DepthwiseConvolution Kernel(Shape x, Shape weight) => new(x[0], weight[0], x[2], x[3], Window(weight), plain: false);
}
