using System.Runtime.CompilerServices;
using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>
/// x where the condition is not 0 (or, the other half, where it is), 0 elsewhere, with broadcasting. What is left out leaves no trace, be it
/// infinite or NaN; dx = dy in the same places, and the condition has no gradient but 0.
/// </summary>
/// <param name="where">Whether to keep x where the condition holds.</param>
internal sealed class Keep(bool where) : BinaryOperation(Reads.Inputs)
{
    // a: the condition, b: x
    public override object Settings => where;

    internal override void Map(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y)
    {
        if (where) Formulas.Map(new WhereNotZero(), a, b, y);
        else Formulas.Map(new WhereZero(), a, b, y);
    }

    protected override void Derive(int which, ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> dy, Span<float> gradient)
    {
        if (which == 0) gradient.Clear();
        else Map(a, dy, gradient);
    }

    private readonly struct WhereNotZero : IFormula2
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector condition, TVector x)
            where TVector : struct
            where TLanes : ILanes<TVector> => TLanes.SelectEqual(condition, TLanes.Broadcast(0), TLanes.Broadcast(0), x);
    }

    private readonly struct WhereZero : IFormula2
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector condition, TVector x)
            where TVector : struct
            where TLanes : ILanes<TVector> => TLanes.SelectEqual(condition, TLanes.Broadcast(0), x, TLanes.Broadcast(0));
    }
}

/// <summary>Choice between tensors, element by element.</summary>
public static class WhereExtensions
{
    extension(Tensor)
    {
        /// <summary><paramref name="a"/> where the condition is not 0, else <paramref name="b"/>, with broadcasting of all three.</summary>
        /// <remarks>Each gets its part of the gradient, exactly 0 where the other was chosen, be its value infinite or NaN.</remarks>
        /// <param name="condition">For example <c>x &gt; 0</c>.</param>
        /// <param name="a">The values where the condition holds.</param>
        /// <param name="b">The values elsewhere.</param>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public static Tensor Where(Tensor condition, Tensor a, Tensor b) =>
            new Add().Apply(new Keep(where: true).Apply(condition, a), new Keep(where: false).Apply(condition, b)); // three, so that chains take them

        /// <inheritdoc cref="Where(Tensor, Tensor, Tensor)"/>
        public static Tensor Where(Tensor condition, Tensor a, float b) => Tensor.Where(condition, a, Tensor.Scalar(b));
    }
}
