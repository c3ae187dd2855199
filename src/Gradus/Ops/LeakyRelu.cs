using System.Runtime.CompilerServices;
using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>x where positive, slope · x elsewhere; dx = dy where y is positive, slope · dy elsewhere.</summary>
/// <remarks>Maas, Hannun and Ng 2013, "Rectifier nonlinearities improve neural network acoustic models", equation 2.</remarks>
internal sealed class LeakyRelu(float slope) : UnaryOperation(Reads.Outputs)
{
    public override object Settings => slope;

    protected override void Map(ReadOnlySpan<float> x, Span<float> y) => Formulas.Map(new Function(slope), x, x, y);

    protected override void Derive(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx) =>
        Formulas.Map(new Function(slope), y, dy, dx);

    private readonly struct Function(float slope) : IFormula2
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector x, TVector value)
            where TVector : struct
            where TLanes : ILanes<TVector>
        {
            TVector small = TLanes.Multiply(value, TLanes.Broadcast(slope));
            return TLanes.SelectLess(TLanes.Broadcast(0), x, value, small);
        }
    }
}

/// <summary>The leaky rectified linear unit on tensors.</summary>
public static class LeakyReluExtensions
{
    extension(Tensor x)
    {
        /// <summary>x where it is positive, <paramref name="slope"/> · x elsewhere.</summary>
        /// <param name="slope">The derivative on the negative side, at least 0 and finite.</param>
        /// <exception cref="ArgumentOutOfRangeException">The slope is negative or not finite.</exception>
        public Tensor LeakyRelu(float slope = 0.01f) => slope >= 0 && float.IsFinite(slope)
            ? new LeakyRelu(slope).Apply(x)
            : throw new ArgumentOutOfRangeException(nameof(slope), $"a leaky ReLU needs a finite slope of at least 0; got {slope}");
    }
}
