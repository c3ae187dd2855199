using Gradus.Graph;

namespace Gradus.Ops;

/// <summary>
/// The weight and bias of a convolution or linear layer that does the work of a batch normalisation behind it, in evaluation:
/// w' = w · gain / deviation and b' = (b - mean) · gain / deviation + bias, for every output channel.
/// </summary>
/// <remarks>Jacob et al. 2018, https://arxiv.org/abs/1712.05877, section 3.2. Deviations are taken in double precision: they are computed once.</remarks>
internal sealed class FoldedNormalization(float epsilon) : Operation
{
    // inputs: weight [out, ...], gain [out], bias [out], running mean [out], running variance [out], the layer's own bias [out] (optional)
    public override object Settings => epsilon;

    // outputs: weight as the first input, bias [out]
    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs) => new(inputs[0], inputs[1]) { IsDifferentiable = false };

    protected internal override void Forward(Frame f)
    {
        int channels = f.InputShape(0)[0], each = f.InputShape(0).CountFrom(1);
        var own = f.InputCount > 5 ? f.Input(5) : [];
        for (int channel = 0; channel < channels; channel++)
        {
            double scale = f.Input(1)[channel] / Math.Sqrt((double)f.Input(4)[channel] + epsilon);
            System.Numerics.Tensors.TensorPrimitives.Multiply(f.Input(0).Slice(channel * each, each), (float)scale, f.OutputAt(0).Slice(channel * each, each));
            f.OutputAt(1)[channel] = (float)(((own.IsEmpty ? 0 : own[channel]) - (double)f.Input(3)[channel]) * scale + f.Input(2)[channel]);
        }
    }

    protected internal override void Backward(Frame f) => throw new NotSupportedException("folded weights have no gradient");
}
