using System.Runtime.CompilerServices;

namespace Gradus.Kernels;

/// <summary>
/// Elementary functions of float vectors, to be fused into loops: within about 2 ulp, NaN gives NaN, infinities their limits.
/// </summary>
/// <remarks>
/// Moshier's Cephes, https://netlib.org/cephes (expf, logf, tanhf); erf after Juffa, https://stackoverflow.com/a/35148199.
/// Written once over <see cref="ILanes{TVector}"/>; the overloads for each width are in VectorMath.Widths.cs.
/// </remarks>
internal static partial class VectorMath
{
    private const float RoundingBias = 12_582_912; // 1.5 · 2^23: adding it and taking it away rounds to an integer
    private const float Ln2High = 0.693359375f, Ln2Low = -2.12194440e-4f; // their sum is ln 2; n · high is exact

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Exp<TVector, TLanes>(TVector x)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        x = Bounded<TVector, TLanes>(x);
        var n = Exponent<TVector, TLanes>(x);
        return TLanes.ScaleByPowerOfTwo(TLanes.Add(Rest<TVector, TLanes>(x, n), TLanes.Broadcast(1)), n);
    }

    /// <summary>e to the x, less 1, with all digits where x is small.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Expm1<TVector, TLanes>(TVector x)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        x = Bounded<TVector, TLanes>(x);
        var n = Exponent<TVector, TLanes>(x);
        var whole = TLanes.Add(TLanes.ScaleByPowerOfTwo(TLanes.Broadcast(1), n), TLanes.Broadcast(-1)); // 0 where n is
        return TLanes.Add(TLanes.ScaleByPowerOfTwo(Rest<TVector, TLanes>(x, n), n), whole);
    }

    // Beyond these bounds e to the x is 0 or infinity.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Bounded<TVector, TLanes>(TVector x)
        where TVector : struct
        where TLanes : ILanes<TVector> => TLanes.AtMost(TLanes.Broadcast(90), TLanes.AtLeast(TLanes.Broadcast(-105), x));

    // The whole number n nearest to x / ln 2: e to the x is (1 + rest) · 2^n.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Exponent<TVector, TLanes>(TVector x)
        where TVector : struct
        where TLanes : ILanes<TVector> =>
        TLanes.Add(TLanes.MultiplyAdd(x, TLanes.Broadcast(1.44269504f), TLanes.Broadcast(RoundingBias)), TLanes.Broadcast(-RoundingBias));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Rest<TVector, TLanes>(TVector x, TVector n)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        var r = TLanes.MultiplyAdd(n, TLanes.Broadcast(-Ln2Low), TLanes.MultiplyAdd(n, TLanes.Broadcast(-Ln2High), x));
        var p = TLanes.MultiplyAdd(TLanes.Broadcast(1.9875691500e-4f), r, TLanes.Broadcast(1.3981999507e-3f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(8.3334519073e-3f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(4.1665795894e-2f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(1.6666665459e-1f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(5.0000001201e-1f));
        return TLanes.MultiplyAdd(p, TLanes.Multiply(r, r), r);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Log<TVector, TLanes>(TVector x)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        const float smallestNormal = 1.17549435e-38f, sqrtHalf = 0.707106781f;
        TVector zero = TLanes.Broadcast(0), one = TLanes.Broadcast(1), minusOne = TLanes.Broadcast(-1);

        // x = m · 2^e with m in [1/2, 1), denormals scaled up by 2^23 first; then m in [sqrt(1/2), sqrt(2)), less 1.
        var tiny = TLanes.SelectLess(x, TLanes.Broadcast(smallestNormal), TLanes.Broadcast(-23), zero);
        var normal = TLanes.SelectLess(x, TLanes.Broadcast(smallestNormal), TLanes.Multiply(x, TLanes.Broadcast(8_388_608)), x);
        var e = TLanes.Add(TLanes.NumberOfBits(normal, 23, 126), tiny);
        var m = TLanes.MaskBits(normal, 0x007F_FFFF, 0x3F00_0000);
        e = TLanes.Add(e, TLanes.SelectLess(m, TLanes.Broadcast(sqrtHalf), minusOne, zero));
        m = TLanes.Add(TLanes.Add(m, TLanes.SelectLess(m, TLanes.Broadcast(sqrtHalf), m, zero)), minusOne);

        var square = TLanes.Multiply(m, m);
        var p = TLanes.MultiplyAdd(TLanes.Broadcast(7.0376836292e-2f), m, TLanes.Broadcast(-1.1514610310e-1f));
        p = TLanes.MultiplyAdd(p, m, TLanes.Broadcast(1.1676998740e-1f));
        p = TLanes.MultiplyAdd(p, m, TLanes.Broadcast(-1.2420140846e-1f));
        p = TLanes.MultiplyAdd(p, m, TLanes.Broadcast(1.4249322787e-1f));
        p = TLanes.MultiplyAdd(p, m, TLanes.Broadcast(-1.6668057665e-1f));
        p = TLanes.MultiplyAdd(p, m, TLanes.Broadcast(2.0000714765e-1f));
        p = TLanes.MultiplyAdd(p, m, TLanes.Broadcast(-2.4999993993e-1f));
        p = TLanes.MultiplyAdd(p, m, TLanes.Broadcast(3.3333331174e-1f));
        var y = TLanes.MultiplyAdd(e, TLanes.Broadcast(Ln2Low), TLanes.Multiply(TLanes.Multiply(p, m), square));
        y = TLanes.MultiplyAdd(TLanes.Broadcast(-0.5f), square, y);
        y = TLanes.MultiplyAdd(e, TLanes.Broadcast(Ln2High), TLanes.Add(m, y));

        // Infinity and NaN as they came; -infinity at 0 (x - infinity, not a constant: NaN stays NaN); NaN below 0.
        y = TLanes.SelectLess(x, TLanes.Broadcast(float.PositiveInfinity), y, x);
        y = TLanes.SelectLess(x, TLanes.Broadcast(float.Epsilon), TLanes.Broadcast(float.NegativeInfinity), y);
        return TLanes.SelectLess(x, zero, TLanes.Broadcast(float.NaN), y);
    }

    /// <summary>log(1 + x) with all digits where x is small: what rounding took from 1 + x is put back to first order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Log1p<TVector, TLanes>(TVector x)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        TVector one = TLanes.Broadcast(1), minusOne = TLanes.Broadcast(-1), sum = TLanes.Add(x, one);
        var lost = TLanes.MultiplyAdd(TLanes.Add(sum, minusOne), minusOne, x);
        var y = TLanes.Add(Log<TVector, TLanes>(sum), TLanes.Divide(lost, sum));
        y = TLanes.SelectLess(x, TLanes.Broadcast(float.PositiveInfinity), y, x); // infinity less infinity would be NaN
        return TLanes.SelectEqual(x, minusOne, TLanes.Broadcast(float.NegativeInfinity), y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Tanh<TVector, TLanes>(TVector x)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        TVector one = TLanes.Broadcast(1), magnitude = TLanes.Abs(x), square = TLanes.Multiply(x, x);
        var p = TLanes.MultiplyAdd(TLanes.Broadcast(-5.70498872745e-3f), square, TLanes.Broadcast(2.06390887954e-2f));
        p = TLanes.MultiplyAdd(p, square, TLanes.Broadcast(-5.37397155531e-2f));
        p = TLanes.MultiplyAdd(p, square, TLanes.Broadcast(1.33314422036e-1f));
        p = TLanes.MultiplyAdd(p, square, TLanes.Broadcast(-3.33332819422e-1f));
        var near = TLanes.MultiplyAdd(TLanes.Multiply(p, square), x, x);

        var exp = Exp<TVector, TLanes>(TLanes.Add(magnitude, magnitude));
        var far = TLanes.Add(one, TLanes.Divide(TLanes.Broadcast(-2), TLanes.Add(exp, one)));
        return TLanes.SelectLess(magnitude, TLanes.Broadcast(0.625f), near, TLanes.CopySign(far, x));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Sigmoid<TVector, TLanes>(TVector x)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        var one = TLanes.Broadcast(1);
        return TLanes.Divide(one, TLanes.Add(one, Exp<TVector, TLanes>(TLanes.Multiply(x, TLanes.Broadcast(-1)))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Erf<TVector, TLanes>(TVector x)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        TVector magnitude = TLanes.Abs(x), square = TLanes.Multiply(x, x);
        var near = TLanes.MultiplyAdd(TLanes.Broadcast(-5.96761703e-4f), square, TLanes.Broadcast(4.99119423e-3f));
        near = TLanes.MultiplyAdd(near, square, TLanes.Broadcast(-2.67681349e-2f));
        near = TLanes.MultiplyAdd(near, square, TLanes.Broadcast(1.12819925e-1f));
        near = TLanes.MultiplyAdd(near, square, TLanes.Broadcast(-3.76125336e-1f));
        near = TLanes.MultiplyAdd(near, square, TLanes.Broadcast(1.28379166e-1f));
        near = TLanes.MultiplyAdd(near, x, x);

        var t = TLanes.AtMost(TLanes.Broadcast(4), magnitude); // erf(4) rounds to 1
        var p = TLanes.MultiplyAdd(TLanes.Broadcast(-1.72853470e-5f), t, TLanes.Broadcast(3.83197126e-4f));
        p = TLanes.MultiplyAdd(p, t, TLanes.Broadcast(-3.88396438e-3f));
        p = TLanes.MultiplyAdd(p, t, TLanes.Broadcast(2.42546219e-2f));
        p = TLanes.MultiplyAdd(p, t, TLanes.Broadcast(-1.06777877e-1f));
        p = TLanes.MultiplyAdd(p, t, TLanes.Broadcast(-6.34846687e-1f));
        p = TLanes.MultiplyAdd(p, t, TLanes.Broadcast(-1.28717512e-1f));
        p = TLanes.MultiplyAdd(p, t, TLanes.Multiply(t, TLanes.Broadcast(-1)));
        var far = TLanes.MultiplyAdd(Exp<TVector, TLanes>(p), TLanes.Broadcast(-1), TLanes.Broadcast(1));
        return TLanes.SelectLess(magnitude, TLanes.Broadcast(0.927734375f), near, TLanes.CopySign(far, x));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Gelu<TVector, TLanes>(TVector x)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        var half = TLanes.Multiply(x, TLanes.Broadcast(0.5f));
        var phi = TLanes.Add(Erf<TVector, TLanes>(TLanes.Multiply(x, TLanes.Broadcast(0.707106781f))), TLanes.Broadcast(1)); // twice Phi(x)
        return TLanes.Multiply(half, TLanes.AtLeast(TLanes.Broadcast(float.Epsilon), phi)); // -infinity times a true 0 would be NaN
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector GeluDerivative<TVector, TLanes>(TVector x)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        const float normalPeak = 0.398942280f; // 1 / √(2π)
        var half = TLanes.Broadcast(0.5f);
        var phi = TLanes.MultiplyAdd(Erf<TVector, TLanes>(TLanes.Multiply(x, TLanes.Broadcast(0.707106781f))), half, half);
        var density = Exp<TVector, TLanes>(TLanes.Multiply(TLanes.Multiply(x, x), TLanes.Broadcast(-0.5f)));
        return TLanes.MultiplyAdd(TLanes.Multiply(x, TLanes.Broadcast(normalPeak)), density, phi);
    }
}
