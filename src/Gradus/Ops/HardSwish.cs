using System.Runtime.CompilerServices;
using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>x · min(max(x + 3, 0), 6) / 6; dx = dy · (2x + 3) / 6 between -3 and 3, 0 below, dy above.</summary>
/// <remarks>Howard et al. 2019, https://arxiv.org/abs/1905.02244, section 5.2.</remarks>
internal sealed class HardSwish() : UnaryOperation(Reads.Inputs)
{
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
            x = TLanes.AtLeast(TLanes.Broadcast(-3), x); // below, the result is 0 as it is there
            var gate = TLanes.AtMost(TLanes.Broadcast(6), TLanes.Add(x, TLanes.Broadcast(3)));
            return TLanes.Multiply(x, TLanes.Multiply(gate, TLanes.Broadcast(1f / 6)));
        }
    }

    private readonly struct Derivative : IFormula2
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector x, TVector dy)
            where TVector : struct
            where TLanes : ILanes<TVector>
        {
            var slope = TLanes.MultiplyAdd(x, TLanes.Broadcast(1f / 3), TLanes.Broadcast(0.5f));
            slope = TLanes.SelectLess(x, TLanes.Broadcast(-3), TLanes.Broadcast(0), TLanes.SelectLess(TLanes.Broadcast(3), x, TLanes.Broadcast(1), slope));
            return TLanes.Multiply(dy, slope);
        }
    }
}

/// <summary>The hard swish on tensors.</summary>
public static class HardSwishExtensions
{
    extension(Tensor x)
    {
        /// <summary>x · min(max(x + 3, 0), 6) / 6, element by element: SiLU without exponentials.</summary>
        public Tensor HardSwish() => new HardSwish().Apply(x);
    }
}
