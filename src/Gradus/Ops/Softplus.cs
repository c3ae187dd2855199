using System.Runtime.CompilerServices;
using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>log(1 + eˣ), computed as max(x, 0) + log(1 + e^-|x|) so that nothing overflows; dx = dy σ(x).</summary>
/// <remarks>Dugas, Bengio, Bélisle, Nadeau and Garcia 2001, "Incorporating second-order functional knowledge for better option pricing", equation 2.</remarks>
internal sealed class Softplus() : UnaryOperation(Reads.Inputs)
{
    internal override bool IsCostly => true;

    protected override void Map(ReadOnlySpan<float> x, Span<float> y) => Formulas.Map(new Function(), x, y);

    protected override void Derive(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx) =>
        Formulas.Map(new Derivative(), x, dy, dx);

    private readonly struct Function : IFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector x)
            where TVector : struct
            where TLanes : ILanes<TVector>
        {
            var power = VectorMath.Exp<TVector, TLanes>(TLanes.Multiply(TLanes.Abs(x), TLanes.Broadcast(-1)));
            return TLanes.Add(TLanes.Rectify(x), VectorMath.Log1p<TVector, TLanes>(power));
        }
    }

    private readonly struct Derivative : IFormula2
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector x, TVector dy)
            where TVector : struct
            where TLanes : ILanes<TVector> => TLanes.Multiply(dy, VectorMath.Sigmoid<TVector, TLanes>(x));
    }
}

/// <summary>The smooth form of the rectified linear unit on tensors.</summary>
public static class SoftplusExtensions
{
    extension(Tensor x)
    {
        /// <summary>log(1 + eˣ), element by element: positive, accurate far on the negative side, and x far on the positive one.</summary>
        public Tensor Softplus() => new Softplus().Apply(x);
    }
}
