using Gradus.Graph;
using Gradus.Kernels;
using Gradus.Kernels.Convolution;
using Gradus.Kernels.Convolution.Winograd;

namespace Gradus.Ops;

/// <summary>
/// A convolution over blocked activations <c>[n, channels / 16, h, w, 16]</c>, optionally followed by ReLU; a first layer of few channels
/// reads plain <c>[n, c, h, w]</c>.
/// </summary>
internal sealed class BlockedConvolution(ConvolutionSettings settings, bool relu) : Operation
{
    // inputs: x blocked or plain, weight [out, in, kernel height, kernel width], bias [out] (optional)
    public override object Settings => (settings, relu);

    public ConvolutionSettings Sliding => settings;

    public bool HasRelu => relu;

    /// <summary>True if blocks serve this convolution: no groups, and at least half of the lanes of its output used.</summary>
    public static bool Covers(Convolution2d convolution, Shape weight) => convolution.Groups == 1 && weight[0] * 2 >= Blocked.Lanes;

    /// <summary>True if a first layer reads its input as it is: blocking would leave most lanes empty.</summary>
    public static bool ReadsPlain(Shape weight) => weight[1] <= 4;

    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var g = settings.Geometry(inputs[0], inputs[1]);
        var output = Shape.Of([g.Batch, g.OutBlocks, g.OutHeight, g.OutWidth, Blocked.Lanes]);
        var (forward, backward) = ScratchLengths(g);
        return new Signature(output)
        {
            Scratch = forward,
            BackwardScratch = (relu ? output.Count : 0) + backward,
            BackwardReads = relu ? Reads.Inputs | Reads.Outputs : Reads.Inputs,
        };
    }

    protected internal override void Forward(Frame f)
    {
        var g = settings.Geometry(f.InputShape(0), f.InputShape(1));
        var bias = f.InputCount > 2 ? f.Input(2) : [];
        if (WinogradGeometry.Covers(g))
        {
            WinogradWeights.Forward(g, f.Input(1), f.Scratch);
            WinogradCorrelation.Run(WinogradGeometry.Forward(g), f.Input(0), f.Scratch, bias, f.Output, relu);
        }
        else
        {
            PackedWeights.Forward(g, f.Input(1), f.Scratch);
            ConvolutionForward.Run(g, f.Input(0), f.Scratch, bias, f.Output, relu);
        }
    }

    protected internal override void Backward(Frame f)
    {
        var g = settings.Geometry(f.InputShape(0), f.InputShape(1));
        var gradient = f.OutputGradient;
        var scratch = f.BackwardScratch;
        if (relu)
        {
            Activations.MaskRelu(f.Output, gradient, scratch[..gradient.Length]);
            gradient = scratch[..gradient.Length];
            scratch = scratch[gradient.Length..];
        }

        bool wantsWeights = f.Wants(1) || (f.InputCount > 2 && f.Wants(2));
        var bias = f.InputCount > 2 ? f.InputGradient(2) : [];
        if (WinogradGeometry.Covers(g))
        {
            if (wantsWeights) WinogradBackwardWeights.Run(g, f.Input(0), gradient, f.InputGradient(1), bias, scratch);
            if (!f.Wants(0)) return;
            WinogradWeights.Backward(g, f.Input(1), scratch);
            WinogradCorrelation.Run(WinogradGeometry.Backward(g), gradient, scratch, [], f.InputGradient(0), relu: false);
        }
        else
        {
            if (wantsWeights) ConvolutionBackwardWeights.Run(g, f.Input(0), gradient, f.InputGradient(1), bias, scratch);
            if (!f.Wants(0)) return;
            PackedWeights.Backward(g, f.Input(1), scratch);
            ConvolutionBackwardInput.Run(g, gradient, scratch, f.InputGradient(0));
        }
    }

    private static (int Forward, int Backward) ScratchLengths(in ConvolutionGeometry g) => WinogradGeometry.Covers(g)
        ? (WinogradWeights.Length(WinogradGeometry.Forward(g)), Math.Max(WinogradWeights.Length(WinogradGeometry.Backward(g)), WinogradBackwardWeights.ScratchLength(g)))
        : (PackedWeights.ForwardLength(g), Math.Max(g.PlainInput ? 0 : PackedWeights.BackwardLength(g), ConvolutionBackwardWeights.ScratchLength(g)));
}
