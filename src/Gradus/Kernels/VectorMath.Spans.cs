using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gradus.Kernels;

/// <content>The functions over spans, at the machine's widest vector. Result and input may be the same memory, or apart.</content>
internal static unsafe partial class VectorMath
{
    /// <summary>e to the x: 0 below -104, infinity above 88.73. For every element of x; y must be as long.</summary>
    public static void Exp(ReadOnlySpan<float> x, Span<float> y) => Map<ExpFunction>(x, y);

    /// <summary>The natural logarithm: -infinity at 0, NaN below. For every element of x; y must be as long.</summary>
    public static void Log(ReadOnlySpan<float> x, Span<float> y) => Map<LogFunction>(x, y);

    /// <summary>e to the x, less 1: infinity above 88.37. For every element of x; y must be as long.</summary>
    public static void Expm1(ReadOnlySpan<float> x, Span<float> y) => Map<Expm1Function>(x, y);

    /// <summary>log(1 + x): -infinity at -1, NaN below. For every element of x; y must be as long.</summary>
    public static void Log1p(ReadOnlySpan<float> x, Span<float> y) => Map<Log1pFunction>(x, y);

    /// <summary>The hyperbolic tangent. For every element of x; y must be as long.</summary>
    public static void Tanh(ReadOnlySpan<float> x, Span<float> y) => Map<TanhFunction>(x, y);

    /// <summary>1 / (1 + e to the -x). For every element of x; y must be as long.</summary>
    public static void Sigmoid(ReadOnlySpan<float> x, Span<float> y) => Map<SigmoidFunction>(x, y);

    /// <summary>The error function. For every element of x; y must be as long.</summary>
    public static void Erf(ReadOnlySpan<float> x, Span<float> y) => Map<ErfFunction>(x, y);

    /// <summary>x · Phi(x), Phi the normal distribution: the exact GELU, not its tanh approximation. For every element of x; y must be as long.</summary>
    public static void Gelu(ReadOnlySpan<float> x, Span<float> y) => Map<GeluFunction>(x, y);

    /// <summary>Phi(x) + x · phi(x), the derivative of the exact GELU. For every element of x; y must be as long.</summary>
    public static void GeluDerivative(ReadOnlySpan<float> x, Span<float> y) => Map<GeluDerivativeFunction>(x, y);

    private interface IFunction
    {
        static abstract TVector Of<TVector, TLanes>(TVector x)
            where TVector : struct
            where TLanes : ILanes<TVector>;
    }

    private static void Map<TFunction>(ReadOnlySpan<float> x, Span<float> y)
        where TFunction : IFunction
    {
        if (y.Length < x.Length) throw new ArgumentException($"The result needs {x.Length} floats; got {y.Length}.", nameof(y));
        fixed (float* px = x, py = y)
        {
            if (Vector512.IsHardwareAccelerated) Map<TFunction, Vector512<float>, Lanes512>(px, py, x.Length);
            else if (Vector256.IsHardwareAccelerated) Map<TFunction, Vector256<float>, Lanes256>(px, py, x.Length);
            else if (Vector128.IsHardwareAccelerated) Map<TFunction, Vector128<float>, Lanes128>(px, py, x.Length);
            else Map<TFunction, float, ScalarLanes>(px, py, x.Length);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Map<TFunction, TVector, TLanes>(float* x, float* y, int length)
        where TFunction : IFunction
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        int i = 0;
        for (; i <= length - TLanes.Count; i += TLanes.Count) TLanes.Store(TFunction.Of<TVector, TLanes>(TLanes.Load(x + i)), y + i);
        if (i == length) return;

        const int widest = 16;
        float* rest = stackalloc float[widest];
        for (int j = i; j < length; j++) rest[j - i] = x[j];
        TLanes.Store(TFunction.Of<TVector, TLanes>(TLanes.Load(rest)), rest);
        for (int j = i; j < length; j++) y[j] = rest[j - i];
    }

    private readonly struct ExpFunction : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Of<TVector, TLanes>(TVector x)
            where TVector : struct
            where TLanes : ILanes<TVector> => Exp<TVector, TLanes>(x);
    }

    private readonly struct LogFunction : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Of<TVector, TLanes>(TVector x)
            where TVector : struct
            where TLanes : ILanes<TVector> => Log<TVector, TLanes>(x);
    }

    private readonly struct Expm1Function : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Of<TVector, TLanes>(TVector x)
            where TVector : struct
            where TLanes : ILanes<TVector> => Expm1<TVector, TLanes>(x);
    }

    private readonly struct Log1pFunction : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Of<TVector, TLanes>(TVector x)
            where TVector : struct
            where TLanes : ILanes<TVector> => Log1p<TVector, TLanes>(x);
    }

    private readonly struct TanhFunction : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Of<TVector, TLanes>(TVector x)
            where TVector : struct
            where TLanes : ILanes<TVector> => Tanh<TVector, TLanes>(x);
    }

    private readonly struct SigmoidFunction : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Of<TVector, TLanes>(TVector x)
            where TVector : struct
            where TLanes : ILanes<TVector> => Sigmoid<TVector, TLanes>(x);
    }

    private readonly struct ErfFunction : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Of<TVector, TLanes>(TVector x)
            where TVector : struct
            where TLanes : ILanes<TVector> => Erf<TVector, TLanes>(x);
    }

    private readonly struct GeluFunction : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Of<TVector, TLanes>(TVector x)
            where TVector : struct
            where TLanes : ILanes<TVector> => Gelu<TVector, TLanes>(x);
    }

    private readonly struct GeluDerivativeFunction : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Of<TVector, TLanes>(TVector x)
            where TVector : struct
            where TLanes : ILanes<TVector> => GeluDerivative<TVector, TLanes>(x);
    }
}
