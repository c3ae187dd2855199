using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>
/// y = (x - mean) / √(variance + epsilon) · gain + bias, with mean and (biased) variance over the last axes, for each sample alone.
/// dx = (dy gain - mean(dy gain) - x̂ mean(dy gain x̂)) / deviation.
/// </summary>
/// <remarks>Ba, Kiros and Hinton 2016, https://arxiv.org/abs/1607.06450, equations 3 and 4.</remarks>
internal sealed class LayerNormalization(int axes, bool hasGain, bool hasBias, float epsilon) : Operation
{
    // inputs: x [..., normalised axes...], gain and bias [normalised axes...] as far as there are any
    public override object Settings => (axes, hasGain, hasBias, epsilon);

    public int Axes => axes;

    public float Epsilon => epsilon;

    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var x = inputs[0];
        Require(axes >= 1 && axes <= x.Rank, $"layer normalisation over the last {axes} axes does not fit {x}: use 1 to {x.Rank}");
        var normalized = x[^axes..];
        Require(normalized.Count > 0, $"layer normalisation of no elements: {x}");
        foreach (var shape in inputs[1..]) Require(shape == normalized, $"gain and bias of layer normalisation over the last {axes} axes of {x} must be {normalized}; got {shape}");
        var rows = Shape.Of([x.Count / normalized.Count]);
        return new Signature(x) { Saved = [rows, rows], BackwardScratch = RowNormalization.ScratchLength(rows.Count, normalized.Count) }; // mean, 1 / deviation
    }

    internal override int InputsAlong(int axis, ReadOnlySpan<Shape> inputs) => axis < inputs[0].Rank - axes ? 1 : 0;

    protected internal override void Forward(Frame f) => RowNormalization.Forward(
        f.Input(0), hasGain ? f.Input(1) : [], hasBias ? f.Input(BiasPlace) : [], f.Output, f.Saved(0), f.Saved(1), Width(f), epsilon);

    protected internal override void Backward(Frame f) => RowNormalization.Backward(
        f.Input(0), f.OutputGradient, hasGain ? f.Input(1) : [], f.Saved(0), f.Saved(1),
        f.InputGradient(0), hasGain ? f.InputGradient(1) : [], hasBias ? f.InputGradient(BiasPlace) : [], f.BackwardScratch, Width(f));

    private int BiasPlace => hasGain ? 2 : 1;

    private int Width(Frame f) => f.InputShape(0).CountFrom(f.InputShape(0).Rank - axes);
}

/// <summary>Layer normalisation of tensors.</summary>
public static class LayerNormalizationExtensions
{
    extension(Tensor x)
    {
        /// <summary>Normalises each sample over the last axes of <c>[..., axes...]</c>, then scales and shifts it.</summary>
        /// <param name="gain">As the normalised axes; null for 1.</param>
        /// <param name="bias">As the normalised axes; null for 0.</param>
        /// <param name="epsilon">Added to the variance.</param>
        /// <param name="axes">How many of the last axes are normalised together, at least 1.</param>
        /// <exception cref="ShapeException">Gain or bias have another shape than the normalised axes.</exception>
        public Tensor LayerNormalize(Tensor? gain, Tensor? bias, float epsilon = 1e-5f, int axes = 1)
        {
            var operation = new LayerNormalization(axes, gain is not null, bias is not null, epsilon);
            return (gain, bias) switch
            {
                (null, null) => operation.Apply(x),
                (null, { } shift) => operation.Apply(x, shift),
                ({ } scale, null) => operation.Apply(x, scale),
                ({ } scale, { } shift) => operation.Apply(x, scale, shift),
            };
        }
    }
}
