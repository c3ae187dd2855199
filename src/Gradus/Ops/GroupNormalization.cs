using Gradus.Graph;
using Kernel = Gradus.Kernels.GroupNormalization;

namespace Gradus.Ops;

/// <summary>
/// y = (x - mean) / √(variance + epsilon) · gain + bias, with mean and (biased) variance over each group of channels of each sample, and
/// gain and bias per channel. As many groups as channels are instance normalisation.
/// </summary>
/// <remarks>
/// Wu and He 2018, https://arxiv.org/abs/1803.08494, equations 1 to 3; Ulyanov, Vedaldi and Lempitsky 2016, https://arxiv.org/abs/1607.08022.
/// </remarks>
internal sealed class GroupNormalization(int groups, bool hasGain, bool hasBias, float epsilon) : Operation
{
    // inputs: x [n, c, ...], gain [c] and bias [c] as far as there are any
    public override object Settings => (groups, hasGain, hasBias, epsilon);

    public int Groups => groups;

    public float Epsilon => epsilon;

    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var x = inputs[0];
        Require(x.Rank >= 2, $"group normalisation expects [n, c, ...]; got {x}");
        Require(groups >= 1 && x[1] % groups == 0, $"{groups} groups do not divide the {x[1]} channels of {x}");
        Require(x.CountFrom(1) > 0, $"group normalisation of no elements: {x}");
        foreach (var shape in inputs[1..]) Require(shape == Shape.Of([x[1]]), $"gain and bias of group normalisation for {x} must be [{x[1]}]; got {shape}");
        var rows = Shape.Of([x[0] * groups]);
        return new Signature(x) { Saved = [rows, rows], BackwardScratch = KernelOf(x).ScratchLength }; // mean, 1 / deviation
    }

    protected internal override void Forward(Frame f) => KernelOf(f.InputShape(0)).Forward(
        f.Input(0), hasGain ? f.Input(1) : [], hasBias ? f.Input(BiasPlace) : [], f.Output, f.Saved(0), f.Saved(1), epsilon);

    protected internal override void Backward(Frame f) => KernelOf(f.InputShape(0)).Backward(
        f.Input(0), f.OutputGradient, hasGain ? f.Input(1) : [], f.Saved(0), f.Saved(1),
        f.InputGradient(0), hasGain ? f.InputGradient(1) : [], hasBias ? f.InputGradient(BiasPlace) : [], f.BackwardScratch);

    private int BiasPlace => hasGain ? 2 : 1;

    private Kernel KernelOf(Shape x) => new(x[0], x[1], x.CountFrom(2), groups);
}

/// <summary>Group and instance normalisation of tensors.</summary>
public static class GroupNormalizationExtensions
{
    extension(Tensor x)
    {
        /// <summary>Normalises each group of channels of each sample of <c>[n, c, ...]</c>, then scales and shifts each channel.</summary>
        /// <param name="groups">How many groups of neighbouring channels there are; divides the channels.</param>
        /// <param name="gain"><c>[c]</c>, or null for 1.</param>
        /// <param name="bias"><c>[c]</c>, or null for 0.</param>
        /// <param name="epsilon">Added to the variance.</param>
        /// <exception cref="ShapeException">The groups do not divide the channels, or gain or bias are not <c>[c]</c>.</exception>
        public Tensor GroupNormalize(int groups, Tensor? gain, Tensor? bias, float epsilon = 1e-5f)
        {
            var operation = new GroupNormalization(groups, gain is not null, bias is not null, epsilon);
            return (gain, bias) switch
            {
                (null, null) => operation.Apply(x),
                (null, { } shift) => operation.Apply(x, shift),
                ({ } scale, null) => operation.Apply(x, scale),
                ({ } scale, { } shift) => operation.Apply(x, scale, shift),
            };
        }

        /// <summary>Normalises each channel of each sample of <c>[n, c, ...]</c>, then scales and shifts it.</summary>
        /// <param name="gain"><c>[c]</c>, or null for 1.</param>
        /// <param name="bias"><c>[c]</c>, or null for 0.</param>
        /// <param name="epsilon">Added to the variance.</param>
        /// <exception cref="ShapeException">Gain or bias are not <c>[c]</c>.</exception>
        public Tensor InstanceNormalize(Tensor? gain, Tensor? bias, float epsilon = 1e-5f) =>
            x.GroupNormalize(x.Shape.Rank < 2 ? 1 : Math.Max(1, x.Shape[1]), gain, bias, epsilon);
    }
}
