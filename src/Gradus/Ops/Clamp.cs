using System.Runtime.CompilerServices;
using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>min(max(x, low), high); dx = dy where low ≤ x ≤ high, else 0.</summary>
internal sealed class Clamp(float low, float high) : UnaryOperation(Reads.Inputs)
{
    public override object Settings => (low, high);

    protected override void Map(ReadOnlySpan<float> x, Span<float> y) => Formulas.Map(new Function(low, high), x, y);

    protected override void Derive(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx) =>
        Formulas.Map(new Derivative(low, high), x, dy, dx);

    private readonly struct Function(float low, float high) : IFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector x)
            where TVector : struct
            where TLanes : ILanes<TVector> => TLanes.AtMost(TLanes.Broadcast(high), TLanes.AtLeast(TLanes.Broadcast(low), x));
    }

    private readonly struct Derivative(float low, float high) : IFormula2
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector x, TVector dy)
            where TVector : struct
            where TLanes : ILanes<TVector>
        {
            TVector zero = TLanes.Broadcast(0), below = TLanes.SelectLess(TLanes.Broadcast(high), x, zero, dy);
            return TLanes.SelectLess(x, TLanes.Broadcast(low), zero, below);
        }
    }
}

/// <summary>Bounds on tensors.</summary>
public static class ClampExtensions
{
    extension(Tensor x)
    {
        /// <summary>Every element moved to the nearest number from <paramref name="low"/> to <paramref name="high"/>; NaN stays NaN.</summary>
        /// <param name="low">The smallest result; negative infinity for no bound.</param>
        /// <param name="high">The largest result, at least <paramref name="low"/>; infinity for no bound.</param>
        /// <exception cref="ArgumentException">The bounds are in the wrong order, or one is NaN.</exception>
        public Tensor Clamp(float low, float high) => low <= high
            ? new Clamp(low, high).Apply(x)
            : throw new ArgumentException($"the lower bound {low} is not at most the upper bound {high}", nameof(low));
    }
}
