using System.Runtime.InteropServices;
using Gradus.Graph;
using Gradus.Kernels.Convolution;
using Gradus.Kernels.Convolution.Winograd;

namespace Gradus.Ops;

/// <summary>
/// maxPool2x2(relu(convolution(x) + bias)) in one pass: the tile is pooled while it is in registers, and backward visits only the
/// outputs that the pool chose and ReLU let through. Activations are blocked, <c>[n, channels / 16, h, w, 16]</c>; a first layer of few
/// channels reads plain <c>[n, c, h, w]</c>.
/// </summary>
internal sealed class BlockedConvolutionPool(ConvolutionSettings settings) : Operation
{
    // inputs: x blocked or plain, weight [out, in, kernel height, kernel width], bias [out] (optional)
    public override object Settings => settings;

    public ConvolutionSettings Sliding => settings;

    /// <summary>True if this operation can stand for a convolution with these shapes, followed by ReLU and a 2x2 max-pool.</summary>
    public static bool Covers(Convolution2d convolution, Shape x, Shape weight)
    {
        if (convolution.Groups != 1) return false;
        var g = new ConvolutionSettings(convolution).Geometry(x, weight) with { PlainInput = ReadsPlain(weight) };
        return g is { PooledHeight: > 0, PooledWidth: > 0 } && (PooledBackwardFirstWeights.Covers(g) || PooledBackwardWeights.Covers(g));
    }

    /// <summary>True if a first layer reads its input as it is: blocking would leave most lanes empty.</summary>
    public static bool ReadsPlain(Shape weight) => BlockedConvolution.ReadsPlain(weight) && weight.CountFrom(1) <= 32;

    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var g = settings.Geometry(inputs[0], inputs[1]);
        var output = Shape.Of([g.Batch, g.OutBlocks, g.PooledHeight, g.PooledWidth, Blocked.Lanes]);
        return new Signature(output)
        {
            Saved = [[(output.Count + 3) / 4]],  // the argmax, a byte each
            Scratch = WinogradGeometry.CoversPooled(g) ? WinogradWeights.Length(WinogradGeometry.Pooled(g)) : PackedWeights.ForwardLength(g),
            BackwardScratch = g.PlainInput ? PooledBackwardFirstWeights.SumsLength(g) : PooledBackwardInput.PackedLength(g),
            BackwardReads = Reads.Inputs | Reads.Outputs,
        };
    }

    protected internal override void Forward(Frame f)
    {
        var g = settings.Geometry(f.InputShape(0), f.InputShape(1));
        var bias = f.InputCount > 2 ? f.Input(2) : [];
        if (WinogradGeometry.CoversPooled(g))
        {
            WinogradWeights.Forward(g, f.Input(1), f.Scratch);
            WinogradCorrelation.RunPooled(WinogradGeometry.Pooled(g), f.Input(0), f.Scratch, bias, f.Output, MemoryMarshal.AsBytes(f.Saved(0)));
        }
        else
        {
            PackedWeights.Forward(g, f.Input(1), f.Scratch);
            ConvolutionForward.RunPooled(g, f.Input(0), f.Scratch, bias, f.Output, MemoryMarshal.AsBytes(f.Saved(0)));
        }
    }

    protected internal override void Backward(Frame f)
    {
        var g = settings.Geometry(f.InputShape(0), f.InputShape(1));
        var argmax = MemoryMarshal.AsBytes(f.Saved(0));
        var bias = f.InputCount > 2 ? f.InputGradient(2) : [];
        if (f.Wants(1) || !bias.IsEmpty)
        {
            if (g.PlainInput)
                PooledBackwardFirstWeights.Run(g, f.Input(0), f.Output, argmax, f.OutputGradient, f.InputGradient(1), bias, f.BackwardScratch);
            else
                PooledBackwardWeights.Run(g, f.Input(0), f.Output, argmax, f.OutputGradient, f.InputGradient(1), bias);
        }

        if (!f.Wants(0)) return;
        PooledBackwardInput.Pack(g, f.Input(1), f.BackwardScratch);
        PooledBackwardInput.Run(g, f.BackwardScratch, f.Output, argmax, f.OutputGradient, f.InputGradient(0));
    }
}
