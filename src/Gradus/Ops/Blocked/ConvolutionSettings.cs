using Gradus.Kernels.Convolution;

namespace Gradus.Ops;

/// <summary>How a convolution without groups slides: what the shapes of its input and weight do not say.</summary>
internal readonly record struct ConvolutionSettings(Size2d Stride, Padding2d Padding, Size2d Dilation)
{
    public ConvolutionSettings(Convolution2d convolution)
        : this(convolution.Stride, convolution.Padding, convolution.Dilation)
    {
    }

    /// <summary>The kernels' sizes for an input that is blocked <c>[n, channels / 16, h, w, 16]</c> or plain <c>[n, channels, h, w]</c>.</summary>
    public ConvolutionGeometry Geometry(Shape x, Shape weight) => new()
    {
        Batch = x[0],
        InChannels = weight[1],
        InHeight = x[2],
        InWidth = x[3],
        OutChannels = weight[0],
        KernelHeight = weight[2],
        KernelWidth = weight[3],
        StrideY = Stride.Height,
        StrideX = Stride.Width,
        PadTop = Padding.Top,
        PadBottom = Padding.Bottom,
        PadLeft = Padding.Left,
        PadRight = Padding.Right,
        DilationY = Dilation.Height,
        DilationX = Dilation.Width,
        PlainInput = x.Rank == 4,
    };
}
