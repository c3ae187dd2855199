using System.Runtime.CompilerServices;
using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>x where positive, slope · x elsewhere, with a learned slope that broadcasts: dx = dy or slope · dy, dslope = 0 or x · dy.</summary>
/// <remarks>He, Zhang, Ren and Sun 2015, https://arxiv.org/abs/1502.01852, equation 1.</remarks>
internal sealed class PRelu() : BinaryOperation(Reads.Inputs)
{
    // a: x, b: slope
    internal override void Map(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) => Formulas.Map(new Slope(), a, b, a, y);

    internal override BlockedForm? OverBlocks(ReadOnlySpan<Shape> inputs) =>
        inputs[0].Rank == 4 && inputs[1].Rank == 3 && inputs[1].Count == inputs[1][0] ? new(new BlockedPRelu(inputs[0][1])) : base.OverBlocks(inputs);

    protected override void Derive(int which, ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> dy, Span<float> gradient) =>
        DeriveSpans(which, a, b, dy, gradient);

    /// <summary>The derivative over spans, for the blocked form too.</summary>
    internal static void DeriveSpans(int which, ReadOnlySpan<float> x, ReadOnlySpan<float> slope, ReadOnlySpan<float> dy, Span<float> gradient)
    {
        if (which == 0) Formulas.Map(new Slope(), x, slope, dy, gradient);
        else Formulas.Map(new SlopeDerivative(), x, dy, gradient);
    }

    /// <summary>value where x is positive, slope · value elsewhere.</summary>
    private readonly struct Slope : IFormula3
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector x, TVector slope, TVector value)
            where TVector : struct
            where TLanes : ILanes<TVector> => TLanes.SelectLess(TLanes.Broadcast(0), x, value, TLanes.Multiply(slope, value));
    }

    private readonly struct SlopeDerivative : IFormula2
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector x, TVector dy)
            where TVector : struct
            where TLanes : ILanes<TVector> => TLanes.SelectLess(TLanes.Broadcast(0), x, TLanes.Broadcast(0), TLanes.Multiply(x, dy));
    }
}

/// <summary>The parametric rectified linear unit on tensors.</summary>
public static class PReluExtensions
{
    extension(Tensor x)
    {
        /// <summary>x where it is positive, slope · x elsewhere, with one slope for each channel or one for all.</summary>
        /// <param name="slope"><c>[channels]</c> for x of <c>[n, channels, ...]</c>, or <c>[1]</c>.</param>
        /// <exception cref="ShapeException">The slope is not a vector of one number or one for each channel.</exception>
        public Tensor PRelu(Tensor slope)
        {
            ArgumentNullException.ThrowIfNull(slope);
            var shape = slope.Shape;
            if (shape.Rank != 1 || (shape[0] != 1 && (x.Shape.Rank < 2 || shape[0] != x.Shape[1])))
                throw new ShapeException($"PReLU of {x.Shape} needs a slope of [1], or one for each channel, the size of axis 1; got {shape}");
            if (x.Shape.Rank <= 2) return new PRelu().Apply(x, slope);
            Span<int> sizes = stackalloc int[x.Shape.Rank - 1]; // [channels, 1, ...]
            sizes.Fill(1);
            sizes[0] = shape[0];
            return new PRelu().Apply(x, slope.Reshape(sizes));
        }
    }
}
