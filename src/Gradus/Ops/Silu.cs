using System.Runtime.CompilerServices;
using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>x σ(x) with the logistic function σ, also called swish; dx = dy (s + x s (1 - s)) with s = σ(x).</summary>
/// <remarks>Elfwing, Uchibe and Doya 2018, https://arxiv.org/abs/1702.03118, equation 3; Ramachandran, Zoph and Le 2017, https://arxiv.org/abs/1710.05941.</remarks>
internal sealed class Silu() : UnaryOperation(Reads.Inputs)
{
    internal override bool IsCostly => true;

    protected override void Map(ReadOnlySpan<float> x, Span<float> y) => Formulas.Map(new Function(), x, y);

    protected override void Derive(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx) =>
        Formulas.Map(new Derivative(), x, dy, dx);

    private const float Flat = 200; // beyond ± this σ is 0 or 1; a bound keeps infinity · 0 away

    private readonly struct Function : IFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector x)
            where TVector : struct
            where TLanes : ILanes<TVector>
        {
            x = TLanes.AtLeast(TLanes.Broadcast(-Flat), x);
            return TLanes.Multiply(x, VectorMath.Sigmoid<TVector, TLanes>(x));
        }
    }

    private readonly struct Derivative : IFormula2
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector x, TVector dy)
            where TVector : struct
            where TLanes : ILanes<TVector>
        {
            TVector one = TLanes.Broadcast(1), minusOne = TLanes.Broadcast(-1);
            x = TLanes.AtMost(TLanes.Broadcast(Flat), TLanes.AtLeast(TLanes.Broadcast(-Flat), x));
            var s = VectorMath.Sigmoid<TVector, TLanes>(x);
            var bend = TLanes.Multiply(TLanes.Multiply(s, TLanes.MultiplyAdd(s, minusOne, one)), x);
            return TLanes.Multiply(dy, TLanes.Add(s, bend));
        }
    }
}

/// <summary>The sigmoid linear unit on tensors.</summary>
public static class SiluExtensions
{
    extension(Tensor x)
    {
        /// <summary>x / (1 + e⁻ˣ), element by element; also called swish.</summary>
        public Tensor Silu() => new Silu().Apply(x);
    }
}
