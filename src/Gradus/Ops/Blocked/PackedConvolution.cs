using System.Runtime.InteropServices;
using Gradus.Graph;
using Gradus.Kernels.Convolution;

namespace Gradus.Ops;

/// <summary>What follows a convolution in the same pass.</summary>
internal readonly record struct ConvolutionEpilogue(bool Bias, bool Residual = false, bool Relu = false, bool Pool = false);

/// <summary>
/// A convolution over blocked activations whose weights are already packed, for inference plans, with all that follows it in one pass:
/// bias, residual, ReLU, or bias, ReLU and a 2x2 max-pool.
/// </summary>
internal sealed class PackedConvolution(ConvolutionSettings settings, Shape weight, ConvolutionEpilogue epilogue) : Operation
{
    // inputs: x blocked or plain, weights packed, bias [out] (optional), residual as the output (optional)
    public override object Settings => (settings, weight, epilogue);

    public ConvolutionEpilogue Epilogue => epilogue;

    /// <summary>The same convolution with something more behind it.</summary>
    public PackedConvolution With(ConvolutionEpilogue changed) => new(settings, weight, changed);

    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var g = settings.Geometry(inputs[0], weight);
        var output = epilogue.Pool
            ? Shape.Of([g.Batch, g.OutBlocks, g.PooledHeight, g.PooledWidth, Blocked.Lanes])
            : Shape.Of([g.Batch, g.OutBlocks, g.OutHeight, g.OutWidth, Blocked.Lanes]);
        return new Signature(output) { IsDifferentiable = false, Scratch = epilogue.Pool ? (output.Count + 3) / 4 : 0 }; // the argmax, a byte each
    }

    protected internal override void Forward(Frame f)
    {
        var g = settings.Geometry(f.InputShape(0), weight);
        var bias = epilogue.Bias ? f.Input(2) : [];
        if (epilogue.Pool) ConvolutionForward.RunPooled(g, f.Input(0), f.Input(1), bias, f.Output, MemoryMarshal.AsBytes(f.Scratch));
        else ConvolutionForward.Run(g, f.Input(0), f.Input(1), bias, f.Output, epilogue.Relu, epilogue.Residual ? f.Input(epilogue.Bias ? 3 : 2) : []);
    }

    protected internal override void Backward(Frame f) => throw new NotSupportedException("packed weights have no gradient");
}

/// <summary>A convolution's weights in the order in which its kernel reads them.</summary>
/// <param name="plain">Whether the convolution reads plain pictures.</param>
internal sealed class PackWeights(bool plain) : Operation
{
    // inputs: weight [out, in, kernel height, kernel width]
    public override object Settings => plain;

    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs) =>
        new(Shape.Of([PackedWeights.ForwardLength(Geometry(inputs[0]))])) { IsDifferentiable = false };

    protected internal override void Forward(Frame f) => PackedWeights.Forward(Geometry(f.InputShape(0)), f.Input(0), f.Output);

    protected internal override void Backward(Frame f) => throw new NotSupportedException("packed weights have no gradient");

    // The order does not depend on the picture's size.
    private ConvolutionGeometry Geometry(Shape weight)
    {
        var x = plain ? Shape.Of([1, weight[1], weight[2], weight[3]]) : Shape.Of([1, Blocked.Blocks(weight[1]), weight[2], weight[3], Blocked.Lanes]);
        return new ConvolutionSettings(1, 0, 1).Geometry(x, weight);
    }
}
