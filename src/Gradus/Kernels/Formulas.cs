using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gradus.Kernels;

/// <summary>A function of one number, written once for every vector width. A struct, which may hold constants.</summary>
internal interface IFormula
{
    TVector Of<TVector, TLanes>(TVector x)
        where TVector : struct
        where TLanes : ILanes<TVector>;
}

/// <summary>A function of two numbers, written once for every vector width.</summary>
internal interface IFormula2
{
    TVector Of<TVector, TLanes>(TVector a, TVector b)
        where TVector : struct
        where TLanes : ILanes<TVector>;
}

/// <summary>A function of three numbers, written once for every vector width.</summary>
internal interface IFormula3
{
    TVector Of<TVector, TLanes>(TVector a, TVector b, TVector c)
        where TVector : struct
        where TLanes : ILanes<TVector>;
}

/// <summary>
/// Applies formulas to spans of the same length at the machine's widest vector. The last, partial vector goes through padded copies, so
/// that there is no second formula. The result may be the memory of an operand, or apart.
/// </summary>
internal static unsafe class Formulas
{
    private const int Widest = 16; // lanes

    /// <summary>y = f(x).</summary>
    public static void Map<TFormula>(TFormula formula, ReadOnlySpan<float> x, Span<float> y)
        where TFormula : struct, IFormula => Map(new Ignoring<TFormula>(formula), x, x, x, y);

    /// <summary>y = f(a, b).</summary>
    public static void Map<TFormula>(TFormula formula, ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y)
        where TFormula : struct, IFormula2 => Map(new Ignoring2<TFormula>(formula), a, b, b, y);

    /// <summary>y = f(a, b, c).</summary>
    public static void Map<TFormula>(TFormula formula, ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> c, Span<float> y)
        where TFormula : struct, IFormula3
    {
        if (a.Length != y.Length || b.Length != y.Length || c.Length != y.Length)
            throw new ArgumentException($"a formula needs operands as long as its result, {y.Length}; got {a.Length}, {b.Length} and {c.Length}");
        fixed (float* pa = a, pb = b, pc = c, py = y)
        {
            if (Vector512.IsHardwareAccelerated) Map<TFormula, Vector512<float>, Lanes512>(formula, pa, pb, pc, py, y.Length);
            else if (Vector256.IsHardwareAccelerated) Map<TFormula, Vector256<float>, Lanes256>(formula, pa, pb, pc, py, y.Length);
            else if (Vector128.IsHardwareAccelerated) Map<TFormula, Vector128<float>, Lanes128>(formula, pa, pb, pc, py, y.Length);
            else Map<TFormula, float, ScalarLanes>(formula, pa, pb, pc, py, y.Length);
        }
    }

    /// <summary>The sum of f(x), in an order that depends on the length alone.</summary>
    public static float Sum<TFormula>(TFormula formula, ReadOnlySpan<float> x)
        where TFormula : struct, IFormula
    {
        fixed (float* px = x)
        {
            if (Vector512.IsHardwareAccelerated) return Sum<TFormula, Vector512<float>, Lanes512>(formula, px, x.Length);
            if (Vector256.IsHardwareAccelerated) return Sum<TFormula, Vector256<float>, Lanes256>(formula, px, x.Length);
            if (Vector128.IsHardwareAccelerated) return Sum<TFormula, Vector128<float>, Lanes128>(formula, px, x.Length);
            return Sum<TFormula, float, ScalarLanes>(formula, px, x.Length);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Map<TFormula, TVector, TLanes>(TFormula formula, float* a, float* b, float* c, float* y, int length)
        where TFormula : struct, IFormula3
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        int i = 0;
        for (; i <= length - TLanes.Count; i += TLanes.Count)
            TLanes.Store(formula.Of<TVector, TLanes>(TLanes.Load(a + i), TLanes.Load(b + i), TLanes.Load(c + i)), y + i);
        if (i == length) return;

        float* rest = stackalloc float[3 * Widest];
        for (int j = i; j < length; j++) (rest[j - i], rest[Widest + j - i], rest[2 * Widest + j - i]) = (a[j], b[j], c[j]);
        TLanes.Store(formula.Of<TVector, TLanes>(TLanes.Load(rest), TLanes.Load(rest + Widest), TLanes.Load(rest + 2 * Widest)), rest);
        for (int j = i; j < length; j++) y[j] = rest[j - i];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Sum<TFormula, TVector, TLanes>(TFormula formula, float* x, int length)
        where TFormula : struct, IFormula
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        int i = 0;
        TVector even = TLanes.Broadcast(0), odd = TLanes.Broadcast(0); // two sums hide the latency of an addition
        for (; i <= length - 2 * TLanes.Count; i += 2 * TLanes.Count)
        {
            even = TLanes.Add(even, formula.Of<TVector, TLanes>(TLanes.Load(x + i)));
            odd = TLanes.Add(odd, formula.Of<TVector, TLanes>(TLanes.Load(x + i + TLanes.Count)));
        }

        float sum = TLanes.Sum(TLanes.Add(even, odd));
        float* rest = stackalloc float[Widest];
        for (; i < length; i += TLanes.Count)
        {
            int count = Math.Min(TLanes.Count, length - i);
            for (int j = 0; j < count; j++) rest[j] = x[i + j];
            TLanes.Store(formula.Of<TVector, TLanes>(TLanes.Load(rest)), rest);
            for (int j = 0; j < count; j++) sum += rest[j];
        }

        return sum;
    }

    private readonly struct Ignoring<TFormula>(TFormula formula) : IFormula3
        where TFormula : struct, IFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector a, TVector b, TVector c)
            where TVector : struct
            where TLanes : ILanes<TVector> => formula.Of<TVector, TLanes>(a);
    }

    private readonly struct Ignoring2<TFormula>(TFormula formula) : IFormula3
        where TFormula : struct, IFormula2
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector a, TVector b, TVector c)
            where TVector : struct
            where TLanes : ILanes<TVector> => formula.Of<TVector, TLanes>(a, b);
    }
}
