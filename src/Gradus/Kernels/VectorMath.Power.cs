using System.Runtime.CompilerServices;

namespace Gradus.Kernels;

/// <content>Powers: whole and half exponents by multiplication and square root, others by exp(exponent · log x).</content>
internal static partial class VectorMath
{
    private const float LargestMultiplied = 32; // at most ten multiplications: less work than the logarithm and the exponential, and fewer digits lost

    /// <summary>
    /// x to a constant exponent: NaN where x is negative and the exponent not whole. Within 1 + |exponent| / 2 ulp for multiples
    /// of 1/2 up to 32, otherwise within about 3 + 2 |exponent · ln x|.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Power<TVector, TLanes>(TVector x, float exponent)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        float magnitude = MathF.Abs(exponent), whole = MathF.Floor(magnitude);
        bool half = magnitude - whole == 0.5f;
        if (magnitude > LargestMultiplied || (magnitude != whole && !half)) return Power<TVector, TLanes>(x, TLanes.Broadcast(exponent));
        TVector result = half ? TLanes.SquareRoot(x) : TLanes.Broadcast(1), square = x;
        for (int bits = (int)whole; bits > 0; bits >>= 1)
        {
            if ((bits & 1) == 1) result = TLanes.Multiply(result, square);
            if (bits > 1) square = TLanes.Multiply(square, square);
        }

        return exponent < 0 ? TLanes.Divide(TLanes.Broadcast(1), result) : result;
    }

    /// <summary>
    /// x to an exponent of its own: 1 for exponent 0, NaN where x is negative and the exponent not whole. Within about 3 + 2 |exponent · ln x| ulp.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Power<TVector, TLanes>(TVector x, TVector exponent)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        TVector zero = TLanes.Broadcast(0), one = TLanes.Broadcast(1);
        var y = Exp<TVector, TLanes>(TLanes.Multiply(exponent, Log<TVector, TLanes>(TLanes.Abs(x))));
        var negative = TLanes.SelectEqual(
            Nearest<TVector, TLanes>(TLanes.Multiply(exponent, TLanes.Broadcast(0.5f))), TLanes.Multiply(exponent, TLanes.Broadcast(0.5f)),
            y, TLanes.Multiply(y, TLanes.Broadcast(-1)));
        negative = TLanes.SelectEqual(Nearest<TVector, TLanes>(exponent), exponent, negative, TLanes.Broadcast(float.NaN));
        return TLanes.SelectEqual(exponent, zero, one, TLanes.SelectLess(x, zero, negative, y));
    }

    // The nearest whole number; from 2^22 on, where all floats that matter are even, the number itself.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Nearest<TVector, TLanes>(TVector x)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        var nearest = TLanes.Add(TLanes.Add(x, TLanes.Broadcast(RoundingBias)), TLanes.Broadcast(-RoundingBias));
        return TLanes.SelectLess(TLanes.Abs(x), TLanes.Broadcast(4_194_304), nearest, x);
    }
}
