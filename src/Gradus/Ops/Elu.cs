using System.Runtime.CompilerServices;
using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>x where positive, α (eˣ - 1) elsewhere; dx = dy where y is positive, dy (y + α) elsewhere.</summary>
/// <remarks>Clevert, Unterthiner and Hochreiter 2016, https://arxiv.org/abs/1511.07289, equation 15.</remarks>
internal sealed class Elu(float alpha) : UnaryOperation(Reads.Outputs)
{
    public override object Settings => alpha;

    internal override bool IsCostly => true;

    protected override void Map(ReadOnlySpan<float> x, Span<float> y) => Formulas.Map(new Function(alpha), x, y);

    protected override void Derive(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx) =>
        Formulas.Map(new Derivative(alpha), y, dy, dx);

    private readonly struct Function(float alpha) : IFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector x)
            where TVector : struct
            where TLanes : ILanes<TVector>
        {
            TVector zero = TLanes.Broadcast(0), bend = TLanes.Multiply(TLanes.Broadcast(alpha), VectorMath.Expm1<TVector, TLanes>(TLanes.AtMost(zero, x)));
            return TLanes.SelectLess(zero, x, x, bend);
        }
    }

    private readonly struct Derivative(float alpha) : IFormula2
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector y, TVector dy)
            where TVector : struct
            where TLanes : ILanes<TVector>
        {
            TVector zero = TLanes.Broadcast(0), bend = TLanes.Multiply(dy, TLanes.Add(y, TLanes.Broadcast(alpha)));
            return TLanes.SelectLess(zero, y, dy, bend);
        }
    }
}

/// <summary>The exponential linear unit on tensors.</summary>
public static class EluExtensions
{
    extension(Tensor x)
    {
        /// <summary>x where it is positive, α (eˣ - 1) elsewhere, with all digits near 0.</summary>
        /// <param name="alpha">Minus the limit far on the negative side, at least 0 and finite.</param>
        /// <exception cref="ArgumentOutOfRangeException">α is negative or not finite.</exception>
        public Tensor Elu(float alpha = 1) => alpha >= 0 && float.IsFinite(alpha)
            ? new Elu(alpha).Apply(x)
            : throw new ArgumentOutOfRangeException(nameof(alpha), $"an exponential linear unit needs a finite α of at least 0; got {alpha}");
    }
}
