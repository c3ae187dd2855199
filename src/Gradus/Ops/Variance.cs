using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>
/// Σ (x - mean)² / (count - correction) over axes; dx = 2 dy (x - mean) / (count - correction). The mean comes first, and what rounding took
/// from it is put back: Σ d² - (Σ d)² / count with d = x - mean, so that a large mean costs no digits.
/// </summary>
/// <remarks>Chan, Golub and LeVeque 1983, "Algorithms for computing the sample variance", equation 1.7.</remarks>
internal sealed class Variance(ReadOnlySpan<int> axes, bool keepAxes, int correction) : AxesOperation(axes, keepAxes)
{
    public override object Settings => (base.Settings, correction);

    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var output = OutputShape(inputs[0]);
        int sums = Reduction(inputs[0], stackalloc int[AxisReduction.MaximumRank], stackalloc bool[AxisReduction.MaximumRank]).Scratch();
        return new Signature(output)
        {
            Saved = [output],                // the means
            Scratch = output.Count + sums,   // Σ d, and what the sums need
            BackwardScratch = output.Count,  // dy · 2 / (count - correction)
        };
    }

    protected internal override void Forward(Frame f)
    {
        var reduction = Reduction(f.InputShape(0), stackalloc int[AxisReduction.MaximumRank], stackalloc bool[AxisReduction.MaximumRank]);
        Span<float> means = f.Saved(0), y = f.Output, deviations = f.Scratch[..y.Length], scratch = f.Scratch[y.Length..];
        float count = Count(f);
        reduction.Sum(f.Input(0), means, scratch);
        TensorPrimitives.Divide(means, count, means);
        reduction.Fold<CenteredSum<Deviation>>(f.Input(0), means, deviations, scratch);
        reduction.Fold<CenteredSum<SquaredDeviation>>(f.Input(0), means, y, scratch);
        Formulas.Map(new Corrected(-1 / count, count - correction), deviations, y, y);
        TensorPrimitives.Divide(deviations, count, deviations);
        TensorPrimitives.Add(means, deviations, means);
    }

    protected internal override void Backward(Frame f)
    {
        var factors = f.BackwardScratch;
        TensorPrimitives.Multiply(f.OutputGradient, 2 / (Count(f) - correction), factors);
        Reduction(f.InputShape(0), stackalloc int[AxisReduction.MaximumRank], stackalloc bool[AxisReduction.MaximumRank])
            .Spread<DeviationTimes>(f.Input(0), f.Saved(0), factors, f.InputGradient(0));
    }

    private static float Count(Frame f) => f.OutputShape.Count == 0 ? 0 : f.InputShape(0).Count / f.OutputShape.Count;

    private AxisReduction Reduction(Shape x, Span<int> sizes, Span<bool> kinds)
    {
        Span<bool> reduced = stackalloc bool[AxisReduction.MaximumRank];
        Mark(x, reduced);
        return new AxisReduction(x, reduced, sizes, kinds);
    }

    private readonly struct Deviation : IFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector d)
            where TVector : struct
            where TLanes : ILanes<TVector> => d;
    }

    private readonly struct SquaredDeviation : IFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector d)
            where TVector : struct
            where TLanes : ILanes<TVector> => TLanes.Multiply(d, d);
    }

    private readonly struct Corrected(float share, float divisor) : IFormula2
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector sum, TVector squares)
            where TVector : struct
            where TLanes : ILanes<TVector> =>
            TLanes.Divide(TLanes.MultiplyAdd(TLanes.Multiply(sum, TLanes.Broadcast(share)), sum, squares), TLanes.Broadcast(divisor));
    }

    private readonly struct DeviationTimes : IFormula3
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector x, TVector mean, TVector factor)
            where TVector : struct
            where TLanes : ILanes<TVector> => TLanes.Multiply(factor, TLanes.MultiplyAdd(mean, TLanes.Broadcast(-1), x));
    }
}

/// <summary>Variances of tensors.</summary>
public static class VarianceExtensions
{
    extension(Tensor x)
    {
        /// <summary>The mean squared deviation of all elements from their mean, a scalar; NaN if there are none.</summary>
        public Tensor Variance() => new Variance([], false, 0).Apply(x);

        /// <summary>The mean squared deviation from the mean over axes, which disappear.</summary>
        /// <param name="axes">Axes, negative ones counted from the innermost; none means all.</param>
        /// <exception cref="ShapeException">There is no such axis.</exception>
        public Tensor Variance(params ReadOnlySpan<int> axes) => new Variance(axes, false, 0).Apply(x);

        /// <summary>The variance over axes, which stay with size 1 if <paramref name="keepAxes"/>.</summary>
        /// <param name="axes">Axes, negative ones counted from the innermost; none means all.</param>
        /// <param name="keepAxes">Whether the axes stay.</param>
        /// <param name="correction">What is taken from the count: 0 for the mean squared deviation, 1 for the unbiased estimate, NaN of a single element.</param>
        /// <exception cref="ShapeException">There is no such axis.</exception>
        /// <exception cref="ArgumentOutOfRangeException">The correction is neither 0 nor 1.</exception>
        public Tensor Variance(ReadOnlySpan<int> axes, bool keepAxes, int correction = 0) => correction is 0 or 1
            ? new Variance(axes, keepAxes, correction).Apply(x)
            : throw new ArgumentOutOfRangeException(nameof(correction), $"a variance divides by the count (correction 0) or by one less (correction 1); got {correction}");
    }
}
