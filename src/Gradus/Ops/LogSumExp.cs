using System.Runtime.CompilerServices;
using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>log Σ eˣ over axes, with the maximum subtracted first so that nothing overflows; dx = dy e^(x - y), the softmax times dy.</summary>
/// <remarks>Blanchard, Higham and Higham 2021, https://doi.org/10.1093/imanum/draa038, equation 1.3.</remarks>
internal sealed class LogSumExp(ReadOnlySpan<int> axes, bool keepAxes) : AxesOperation(axes, keepAxes)
{
    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var output = OutputShape(inputs[0]);
        int sums = Reduction(inputs[0], stackalloc int[AxisReduction.MaximumRank], stackalloc bool[AxisReduction.MaximumRank]).Scratch();
        return new Signature(output)
        {
            Scratch = output.Count + sums,   // the maxima, and what the sums need
            BackwardScratch = output.Count,  // y, or 0 where it is infinite
            BackwardReads = Reads.Inputs | Reads.Outputs,
        };
    }

    protected internal override void Forward(Frame f)
    {
        var reduction = Reduction(f.InputShape(0), stackalloc int[AxisReduction.MaximumRank], stackalloc bool[AxisReduction.MaximumRank]);
        Span<float> y = f.Output, maxima = f.Scratch[..y.Length], scratch = f.Scratch[y.Length..];
        reduction.Fold<LargestFold>(f.Input(0), [], maxima, scratch);
        Formulas.Map(new FiniteOrZero(), maxima, maxima);
        reduction.Fold<CenteredSum<Exponential>>(f.Input(0), maxima, y, scratch);
        Formulas.Map(new LogarithmPlus(), y, maxima, y);
    }

    protected internal override void Backward(Frame f)
    {
        Formulas.Map(new FiniteOrZero(), f.Output, f.BackwardScratch);
        Reduction(f.InputShape(0), stackalloc int[AxisReduction.MaximumRank], stackalloc bool[AxisReduction.MaximumRank])
            .Spread<ExponentialTimes>(f.Input(0), f.BackwardScratch, f.OutputGradient, f.InputGradient(0));
    }

    private AxisReduction Reduction(Shape x, Span<int> sizes, Span<bool> kinds)
    {
        Span<bool> reduced = stackalloc bool[AxisReduction.MaximumRank];
        Mark(x, reduced);
        return new AxisReduction(x, reduced, sizes, kinds);
    }

    /// <summary>Infinities less themselves would be NaN; NaN in the elements comes through the sum.</summary>
    private readonly struct FiniteOrZero : IFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector x)
            where TVector : struct
            where TLanes : ILanes<TVector> => TLanes.SelectLess(TLanes.Abs(x), TLanes.Broadcast(float.PositiveInfinity), x, TLanes.Broadcast(0));
    }

    private readonly struct Exponential : IFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector d)
            where TVector : struct
            where TLanes : ILanes<TVector> => VectorMath.Exp<TVector, TLanes>(d);
    }

    private readonly struct LogarithmPlus : IFormula2
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector sum, TVector maximum)
            where TVector : struct
            where TLanes : ILanes<TVector> => TLanes.Add(VectorMath.Log<TVector, TLanes>(sum), maximum);
    }

    private readonly struct ExponentialTimes : IFormula3
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector x, TVector y, TVector factor)
            where TVector : struct
            where TLanes : ILanes<TVector> =>
            TLanes.Multiply(factor, VectorMath.Exp<TVector, TLanes>(TLanes.MultiplyAdd(y, TLanes.Broadcast(-1), x)));
    }
}

/// <summary>Logarithms of sums of exponentials of tensors.</summary>
public static class LogSumExpExtensions
{
    extension(Tensor x)
    {
        /// <summary>log Σ eˣ of all elements, a scalar; -infinity if there are none.</summary>
        public Tensor LogSumExp() => new LogSumExp([], false).Apply(x);

        /// <summary>log Σ eˣ over axes, which disappear: a maximum with round corners that never overflows.</summary>
        /// <param name="axes">Axes, negative ones counted from the innermost; none means all.</param>
        /// <exception cref="ShapeException">There is no such axis.</exception>
        public Tensor LogSumExp(params ReadOnlySpan<int> axes) => new LogSumExp(axes, false).Apply(x);

        /// <summary>log Σ eˣ over axes, which stay with size 1 if <paramref name="keepAxes"/>.</summary>
        /// <exception cref="ShapeException">There is no such axis.</exception>
        public Tensor LogSumExp(ReadOnlySpan<int> axes, bool keepAxes) => new LogSumExp(axes, keepAxes).Apply(x);
    }
}
