using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Gradus.Kernels;

/// <summary>What a reduction over axes does with its elements, and with the results of its parts.</summary>
internal interface IAxisFold
{
    /// <summary>What folding nothing gives.</summary>
    static abstract float Start { get; }

    /// <summary>Folds all elements into one result.</summary>
    static abstract void All(ReadOnlySpan<float> x, float center, ref float result);

    /// <summary>Folds each element into a result of its own.</summary>
    static abstract void Each(ReadOnlySpan<float> x, ReadOnlySpan<float> centers, Span<float> results);

    /// <summary>Folds results into results.</summary>
    static abstract void Join(Span<float> results, ReadOnlySpan<float> others);
}

/// <summary>Σ x.</summary>
internal readonly struct PlainSum : IAxisFold
{
    public static float Start => 0;

    public static void All(ReadOnlySpan<float> x, float center, ref float result) => result += Reductions.Sum(x);

    public static void Each(ReadOnlySpan<float> x, ReadOnlySpan<float> centers, Span<float> results) => TensorPrimitives.Add(results, x, results);

    public static void Join(Span<float> results, ReadOnlySpan<float> others) => Elementwise.Add(results, others, results);
}

/// <summary>The largest x; NaN if one is.</summary>
internal readonly struct LargestFold : IAxisFold
{
    public static float Start => float.NegativeInfinity;

    public static void All(ReadOnlySpan<float> x, float center, ref float result) => result = MathF.Max(result, TensorPrimitives.Max(x));

    public static void Each(ReadOnlySpan<float> x, ReadOnlySpan<float> centers, Span<float> results) => TensorPrimitives.Max(results, x, results);

    public static void Join(Span<float> results, ReadOnlySpan<float> others) => TensorPrimitives.Max(results, others, results);
}

/// <summary>Σ f(x - center).</summary>
internal readonly struct CenteredSum<TTerm> : IAxisFold
    where TTerm : struct, IFormula
{
    public static float Start => 0;

    public static void All(ReadOnlySpan<float> x, float center, ref float result) => result += Formulas.Sum(new Term(center), x);

    public static void Each(ReadOnlySpan<float> x, ReadOnlySpan<float> centers, Span<float> results) =>
        Formulas.Map(new Addition(), x, centers, results, results);

    public static void Join(Span<float> results, ReadOnlySpan<float> others) => Elementwise.Add(results, others, results);

    private readonly struct Term(float center) : IFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector x)
            where TVector : struct
            where TLanes : ILanes<TVector> => default(TTerm).Of<TVector, TLanes>(TLanes.Add(x, TLanes.Broadcast(-center)));
    }

    private readonly struct Addition : IFormula3
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector x, TVector center, TVector sum)
            where TVector : struct
            where TLanes : ILanes<TVector> =>
            TLanes.Add(sum, default(TTerm).Of<TVector, TLanes>(TLanes.MultiplyAdd(center, TLanes.Broadcast(-1), x)));
    }
}
