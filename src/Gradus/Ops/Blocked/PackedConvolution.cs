using System.Runtime.InteropServices;
using Gradus.Graph;
using Gradus.Kernels.Convolution;
using Gradus.Kernels.Convolution.Winograd;

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
        var residual = epilogue.Residual ? f.Input(epilogue.Bias ? 3 : 2) : [];
        switch (epilogue.Pool, IsWinograd(g, epilogue.Pool))
        {
            case (true, true): WinogradCorrelation.RunPooled(WinogradGeometry.Pooled(g), f.Input(0), f.Input(1), bias, f.Output, MemoryMarshal.AsBytes(f.Scratch)); break;
            case (true, false): ConvolutionForward.RunPooled(g, f.Input(0), f.Input(1), bias, f.Output, MemoryMarshal.AsBytes(f.Scratch)); break;
            case (false, true): WinogradCorrelation.Run(WinogradGeometry.Forward(g), f.Input(0), f.Input(1), bias, f.Output, epilogue.Relu, residual); break;
            case (false, false): ConvolutionForward.Run(g, f.Input(0), f.Input(1), bias, f.Output, epilogue.Relu, residual); break;
        }
    }

    /// <summary>True if the weights are packed in Winograd's form.</summary>
    public static bool IsWinograd(in ConvolutionGeometry g, bool pool) => pool ? WinogradGeometry.CoversPooled(g) : WinogradGeometry.Covers(g);

    protected internal override void Backward(Frame f) => throw new NotSupportedException("packed weights have no gradient");
}

/// <summary>A convolution's weights in the order in which its kernel reads them.</summary>
/// <param name="plain">Whether the convolution reads plain pictures.</param>
/// <param name="winograd">Whether its kernel is Winograd's.</param>
internal sealed class PackWeights(bool plain, bool winograd) : Operation
{
    // inputs: weight [out, in, kernel height, kernel width]
    public override object Settings => (plain, winograd);

    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var g = Geometry(inputs[0]);
        return new(Shape.Of([winograd ? WinogradWeights.Length(WinogradGeometry.Forward(g)) : PackedWeights.ForwardLength(g)])) { IsDifferentiable = false };
    }

    protected internal override void Forward(Frame f)
    {
        var g = Geometry(f.InputShape(0));
        if (winograd) WinogradWeights.Forward(g, f.Input(0), f.Output);
        else PackedWeights.Forward(g, f.Input(0), f.Output);
    }

    protected internal override void Backward(Frame f) => throw new NotSupportedException("packed weights have no gradient");

    // The order does not depend on the picture's size.
    private ConvolutionGeometry Geometry(Shape weight)
    {
        var x = plain ? Shape.Of([1, weight[1], weight[2], weight[3]]) : Shape.Of([1, Blocked.Blocks(weight[1]), weight[2], weight[3], Blocked.Lanes]);
        return new ConvolutionSettings(1, 0, 1).Geometry(x, weight);
    }
}
