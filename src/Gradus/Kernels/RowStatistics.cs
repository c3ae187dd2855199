using System.Runtime.CompilerServices;

namespace Gradus.Kernels;

/// <summary>Mean and variance of numbers that lie side by side, in an order that depends on their number only.</summary>
internal static unsafe class RowStatistics
{
    /// <summary>Mean and biased variance, in two passes: one alone cancels digits where the mean is large.</summary>
    /// <param name="x">At least one number.</param>
    /// <param name="length">How many.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (float Mean, float Variance) Of<TVector, TLanes>(float* x, int length)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        int whole = length - length % TLanes.Count;
        float mean = (Sum<TVector, TLanes>(x, whole) + Sum<float, ScalarLanes>(x + whole, length - whole)) / length;
        float squares = SumOfSquares<TVector, TLanes>(x, mean, whole) + SumOfSquares<float, ScalarLanes>(x + whole, mean, length - whole);
        return (mean, squares / length);
    }

    // Four sums side by side: one alone would wait for itself, and lose more digits.
    private static float Sum<TVector, TLanes>(float* x, int length)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        TVector a = TLanes.Broadcast(0), b = a, c = a, d = a;
        int i = 0, step = TLanes.Count;
        for (; i + 4 * step <= length; i += 4 * step)
        {
            a = TLanes.Add(a, TLanes.Load(x + i));
            b = TLanes.Add(b, TLanes.Load(x + i + step));
            c = TLanes.Add(c, TLanes.Load(x + i + 2 * step));
            d = TLanes.Add(d, TLanes.Load(x + i + 3 * step));
        }

        for (; i < length; i += step) a = TLanes.Add(a, TLanes.Load(x + i));
        return TLanes.Sum(TLanes.Add(TLanes.Add(a, b), TLanes.Add(c, d)));
    }

    private static float SumOfSquares<TVector, TLanes>(float* x, float mean, int length)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        TVector a = TLanes.Broadcast(0), b = a, lowered = TLanes.Broadcast(-mean);
        int i = 0, step = TLanes.Count;
        for (; i + 2 * step <= length; i += 2 * step)
        {
            TVector first = TLanes.Add(TLanes.Load(x + i), lowered), second = TLanes.Add(TLanes.Load(x + i + step), lowered);
            a = TLanes.MultiplyAdd(first, first, a);
            b = TLanes.MultiplyAdd(second, second, b);
        }

        for (; i < length; i += step)
        {
            var last = TLanes.Add(TLanes.Load(x + i), lowered);
            a = TLanes.MultiplyAdd(last, last, a);
        }

        return TLanes.Sum(TLanes.Add(a, b));
    }
}
