using Gradus.Graph;
using Gradus.Kernels.Convolution;

namespace Gradus.Ops;

/// <summary>Plain <c>[n, c, h, w]</c> to blocked <c>[n, c / 16, h, w, 16]</c>; lanes beyond the last channel are zero.</summary>
internal sealed class ToBlocked : Operation
{
    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs) =>
        new(Shape.Of([inputs[0][0], Blocked.Blocks(inputs[0][1]), inputs[0][2], inputs[0][3], Blocked.Lanes])) { BackwardReads = Reads.None };

    protected internal override void Forward(Frame f) =>
        Blocked.FromPlain(f.Input(0), f.Output, f.InputShape(0)[0], f.InputShape(0)[1], f.InputShape(0)[2] * f.InputShape(0)[3]);

    protected internal override void Backward(Frame f) =>
        Blocked.ToPlain(f.OutputGradient, f.InputGradient(0), f.InputShape(0)[0], f.InputShape(0)[1], f.InputShape(0)[2] * f.InputShape(0)[3]);
}

/// <summary>Blocked <c>[n, c / 16, h, w, 16]</c> to plain <c>[n, c, h, w]</c>.</summary>
internal sealed class FromBlocked(int channels) : Operation
{
    public override object Settings => channels;

    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs) =>
        new(Shape.Of([inputs[0][0], channels, inputs[0][2], inputs[0][3]])) { BackwardReads = Reads.None };

    protected internal override void Forward(Frame f) =>
        Blocked.ToPlain(f.Input(0), f.Output, f.OutputShape[0], channels, f.OutputShape[2] * f.OutputShape[3]);

    protected internal override void Backward(Frame f) =>
        Blocked.FromPlain(f.OutputGradient, f.InputGradient(0), f.OutputShape[0], channels, f.OutputShape[2] * f.OutputShape[3]);
}
