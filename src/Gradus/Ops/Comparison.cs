using System.Runtime.CompilerServices;
using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>Which comparison holds: 1 where it does, 0 where not.</summary>
internal enum Relation
{
    Less,
    LessOrEqual,
    Equal,
    NotEqual,
}

/// <summary>1 where a relation holds between two numbers, else 0, with broadcasting; no gradient flows through. NaN is unequal to all, and nothing else.</summary>
internal sealed class Comparison(Relation relation) : BinaryOperation(Reads.None)
{
    public override string Name => relation.ToString();

    protected override bool IsDifferentiable => false;

    internal override void Map(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y)
    {
        switch (relation)
        {
            case Relation.Less:
                Formulas.Map(new Less(equal: 0), a, b, y);
                break;
            case Relation.LessOrEqual:
                Formulas.Map(new Less(equal: 1), a, b, y);
                break;
            case Relation.Equal:
                Formulas.Map(new Equal(yes: 1, no: 0), a, b, y);
                break;
            case Relation.NotEqual:
                Formulas.Map(new Equal(yes: 0, no: 1), a, b, y);
                break;
        }
    }

    protected override void Derive(int which, ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> dy, Span<float> gradient) =>
        throw new NotSupportedException("a comparison has no gradient");

    private readonly struct Less(float equal) : IFormula2
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector a, TVector b)
            where TVector : struct
            where TLanes : ILanes<TVector> =>
            TLanes.SelectLess(a, b, TLanes.Broadcast(1), TLanes.SelectEqual(a, b, TLanes.Broadcast(equal), TLanes.Broadcast(0)));
    }

    private readonly struct Equal(float yes, float no) : IFormula2
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector a, TVector b)
            where TVector : struct
            where TLanes : ILanes<TVector> => TLanes.SelectEqual(a, b, TLanes.Broadcast(yes), TLanes.Broadcast(no));
    }
}

/// <summary>Comparisons of tensors: 1 where they hold, 0 where not, without a gradient.</summary>
public static class ComparisonExtensions
{
    extension(Tensor a)
    {
        /// <summary>1 where a &gt; b, else 0, with broadcasting.</summary>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor Greater(Tensor b) => new Comparison(Relation.Less).Apply(b, a);

        /// <summary>1 where a ≥ b, else 0, with broadcasting.</summary>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor GreaterOrEqual(Tensor b) => new Comparison(Relation.LessOrEqual).Apply(b, a);

        /// <summary>1 where a &lt; b, else 0, with broadcasting.</summary>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor Less(Tensor b) => new Comparison(Relation.Less).Apply(a, b);

        /// <summary>1 where a ≤ b, else 0, with broadcasting.</summary>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor LessOrEqual(Tensor b) => new Comparison(Relation.LessOrEqual).Apply(a, b);

        /// <summary>1 where a = b, else 0, with broadcasting.</summary>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor Equal(Tensor b) => new Comparison(Relation.Equal).Apply(a, b);

        /// <summary>1 where a ≠ b, else 0, with broadcasting.</summary>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor NotEqual(Tensor b) => new Comparison(Relation.NotEqual).Apply(a, b);

        /// <summary>1 where a &gt; the number, else 0.</summary>
        public Tensor Greater(float number) => a.Greater(Tensor.Scalar(number));

        /// <summary>1 where a ≥ the number, else 0.</summary>
        public Tensor GreaterOrEqual(float number) => a.GreaterOrEqual(Tensor.Scalar(number));

        /// <summary>1 where a &lt; the number, else 0.</summary>
        public Tensor Less(float number) => a.Less(Tensor.Scalar(number));

        /// <summary>1 where a ≤ the number, else 0.</summary>
        public Tensor LessOrEqual(float number) => a.LessOrEqual(Tensor.Scalar(number));

        /// <summary>1 where a = the number, else 0.</summary>
        public Tensor Equal(float number) => a.Equal(Tensor.Scalar(number));

        /// <summary>1 where a ≠ the number, else 0.</summary>
        public Tensor NotEqual(float number) => a.NotEqual(Tensor.Scalar(number));
    }
}

/// <summary>Comparisons of tensors as operators; == stays the comparison of references.</summary>
public static class ComparisonOperators
{
    extension(Tensor)
    {
        /// <summary>1 where a &gt; b, else 0, with broadcasting.</summary>
        public static Tensor operator >(Tensor a, Tensor b) => a.Greater(b);

        /// <summary>1 where a &lt; b, else 0, with broadcasting.</summary>
        public static Tensor operator <(Tensor a, Tensor b) => a.Less(b);

        /// <summary>1 where a ≥ b, else 0, with broadcasting.</summary>
        public static Tensor operator >=(Tensor a, Tensor b) => a.GreaterOrEqual(b);

        /// <summary>1 where a ≤ b, else 0, with broadcasting.</summary>
        public static Tensor operator <=(Tensor a, Tensor b) => a.LessOrEqual(b);

        /// <summary>1 where a &gt; the number, else 0.</summary>
        public static Tensor operator >(Tensor a, float number) => a.Greater(number);

        /// <summary>1 where a &lt; the number, else 0.</summary>
        public static Tensor operator <(Tensor a, float number) => a.Less(number);

        /// <summary>1 where a ≥ the number, else 0.</summary>
        public static Tensor operator >=(Tensor a, float number) => a.GreaterOrEqual(number);

        /// <summary>1 where a ≤ the number, else 0.</summary>
        public static Tensor operator <=(Tensor a, float number) => a.LessOrEqual(number);
    }
}
