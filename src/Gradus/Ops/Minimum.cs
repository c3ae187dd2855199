using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>The smaller or the larger of two numbers, with broadcasting; NaN if one is. The gradient goes to the one chosen, half to each where they are equal.</summary>
internal sealed class Extremum(bool largest) : BinaryOperation(Reads.Inputs)
{
    public override string Name => largest ? "Maximum" : "Minimum";

    internal override void Map(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y)
    {
        if (largest) TensorPrimitives.Max(a, b, y);
        else TensorPrimitives.Min(a, b, y);
    }

    protected override void Derive(int which, ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> dy, Span<float> gradient)
    {
        bool firstIsSmaller = largest == (which == 1); // the operand that is asked for gets all where the first is the smaller
        if (firstIsSmaller) Formulas.Map(new WhereLess(), a, b, dy, gradient);
        else Formulas.Map(new WhereLess(), b, a, dy, gradient);
    }

    private readonly struct WhereLess : IFormula3
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector a, TVector b, TVector dy)
            where TVector : struct
            where TLanes : ILanes<TVector>
        {
            var half = TLanes.Multiply(dy, TLanes.Broadcast(0.5f));
            return TLanes.SelectLess(a, b, dy, TLanes.SelectEqual(a, b, half, TLanes.Broadcast(0)));
        }
    }
}

/// <summary>The smaller and the larger of two tensors, element by element.</summary>
public static class MinimumExtensions
{
    extension(Tensor a)
    {
        /// <summary>The smaller of two numbers, element by element with broadcasting; NaN if one is.</summary>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor Minimum(Tensor b) => new Extremum(largest: false).Apply(a, b);

        /// <summary>The larger of two numbers, element by element with broadcasting; NaN if one is.</summary>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor Maximum(Tensor b) => new Extremum(largest: true).Apply(a, b);
    }
}
