using Gradus.Graph;
using Gradus.Kernels.Convolution;

namespace Gradus.Ops;

/// <summary>
/// <see cref="TransposedConvolution2d"/> over blocked activations. An ordinary convolution from its output to its input has the same weights:
/// that one's input gradient is this one's forward pass, and its forward pass this one's input gradient.
/// </summary>
internal sealed class BlockedTransposedConvolution(TransposedConvolution2d plain, Shape output) : Operation
{
    // inputs: x blocked, weight [in, out, kernel height, kernel width], bias [out] (optional); output is the plain one's shape
    public override object Settings => (plain.Settings, output);

    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var g = Geometry(inputs[0], inputs[1]);
        return new Signature(BlockedOutput(inputs[0]))
        {
            Scratch = PackedWeights.BackwardLength(g) + 2 * Channels,
            BackwardScratch = Math.Max(
                Math.Max(PackedWeights.ForwardLength(g), ConvolutionBackwardWeights.ScratchLength(g)), inputs.Length > 2 ? 3 * Channels + Bias(inputs[0]).ScratchLength : 0),
        };
    }

    protected internal override void Forward(Frame f)
    {
        var g = Geometry(f.InputShape(0), f.InputShape(1));
        int packed = PackedWeights.BackwardLength(g);
        PackedWeights.Backward(g, f.Input(1), f.Scratch);
        ConvolutionBackwardInput.Run(g, f.Input(0), f.Scratch[..packed], f.Output);
        if (f.InputCount < 3) return;
        Span<float> ones = f.Scratch.Slice(packed, Channels), bias = f.Scratch.Slice(packed + Channels, Channels);
        ones.Fill(1);
        bias.Clear(); // lanes beyond the channels
        f.Input(2).CopyTo(bias);
        Bias(f.InputShape(0)).Apply(f.Output, [], ones, bias, relu: false, f.Output);
    }

    protected internal override void Backward(Frame f)
    {
        var g = Geometry(f.InputShape(0), f.InputShape(1));
        if (f.InputCount > 2 && f.Wants(2)) BackwardBias(f);
        if (f.Wants(1)) ConvolutionBackwardWeights.Run(g, f.OutputGradient, f.Input(0), f.InputGradient(1), [], f.BackwardScratch);
        if (!f.Wants(0)) return;
        PackedWeights.Forward(g, f.Input(1), f.BackwardScratch);
        ConvolutionForward.Run(g, f.OutputGradient, f.BackwardScratch, [], f.InputGradient(0), relu: false);
    }

    private void BackwardBias(Frame f)
    {
        Span<float> scratch = f.BackwardScratch, sums = scratch[..Channels], zeros = scratch.Slice(Channels, Channels);
        zeros.Clear();
        Bias(f.InputShape(0)).GradientSums(f.OutputGradient, f.OutputGradient, [], zeros, sums, scratch.Slice(2 * Channels, Channels), scratch[(3 * Channels)..]);
        sums[..output[1]].CopyTo(f.InputGradient(2));
    }

    private int Channels => Blocked.Blocks(output[1]) * Blocked.Lanes;

    private BlockedNormalization Bias(Shape x) => new(x[0], Blocked.Blocks(output[1]), output[2] * output[3]);

    private Shape BlockedOutput(Shape x) => Shape.Of([x[0], Blocked.Blocks(output[1]), output[2], output[3], Blocked.Lanes]);

    // Of the ordinary convolution, whose input is this one's output.
    private ConvolutionGeometry Geometry(Shape x, Shape weight) => plain.Sliding.Geometry(x, weight) with { InHeight = output[2], InWidth = output[3] };
}
