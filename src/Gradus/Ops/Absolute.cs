using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>|x|; dx = dy · sign(x), 0 at 0.</summary>
internal sealed class Absolute() : UnaryOperation(Reads.Inputs)
{
    protected override void Map(ReadOnlySpan<float> x, Span<float> y) => TensorPrimitives.Abs(x, y);

    protected override void Derive(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx) =>
        Formulas.Map(new Derivative(), x, dy, dx);

    private readonly struct Derivative : IFormula2
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector x, TVector dy)
            where TVector : struct
            where TLanes : ILanes<TVector>
        {
            TVector zero = TLanes.Broadcast(0), opposite = TLanes.Multiply(dy, TLanes.Broadcast(-1));
            return TLanes.SelectLess(x, zero, opposite, TLanes.SelectLess(zero, x, dy, zero));
        }
    }
}

/// <summary>Magnitudes of tensors.</summary>
public static class AbsoluteExtensions
{
    extension(Tensor x)
    {
        /// <summary>|x|, element by element; the derivative at 0 is 0.</summary>
        public Tensor Abs() => new Absolute().Apply(x);
    }
}
