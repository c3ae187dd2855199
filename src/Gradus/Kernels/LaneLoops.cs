using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gradus.Kernels;

/// <summary>y = f(x), one formula for every vector width.</summary>
internal interface ILaneFunction
{
    static abstract Vector<float> Of(Vector<float> x);
}

/// <summary>dx = f(x, y, dy), one formula for every vector width.</summary>
internal interface ILaneDerivative
{
    static abstract Vector<float> Of(Vector<float> x, Vector<float> y, Vector<float> dy);
}

/// <summary>Loops that apply a formula to spans; the last, partial vector goes through a padded copy, so that there is no second, scalar formula.</summary>
internal static class LaneLoops
{
    public static void Map<TFunction>(ReadOnlySpan<float> x, Span<float> y)
        where TFunction : ILaneFunction
    {
        int i = 0;
        ref float from = ref MemoryMarshal.GetReference(x), to = ref MemoryMarshal.GetReference(y);
        for (; i <= y.Length - Vector<float>.Count; i += Vector<float>.Count)
            TFunction.Of(Vector.LoadUnsafe(ref from, (nuint)i)).StoreUnsafe(ref to, (nuint)i);
        if (i < y.Length) StoreTail(TFunction.Of(LoadTail(x[i..])), y[i..]);
    }

    public static void Derive<TDerivative>(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx)
        where TDerivative : ILaneDerivative
    {
        int i = 0;
        for (; i <= dx.Length - Vector<float>.Count; i += Vector<float>.Count)
            TDerivative.Of(Load(x, i), Load(y, i), Load(dy, i)).StoreUnsafe(ref MemoryMarshal.GetReference(dx), (nuint)i);
        if (i < dx.Length) StoreTail(TDerivative.Of(LoadTail(x.IsEmpty ? x : x[i..]), LoadTail(y.IsEmpty ? y : y[i..]), LoadTail(dy[i..])), dx[i..]);
    }

    // An operand that the formula does not use is passed empty.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Load(ReadOnlySpan<float> values, int index) =>
        values.IsEmpty ? default : Vector.LoadUnsafe(ref MemoryMarshal.GetReference(values), (nuint)index);

    private static Vector<float> LoadTail(ReadOnlySpan<float> tail)
    {
        Span<float> padded = stackalloc float[Vector<float>.Count];
        padded.Clear();
        tail.CopyTo(padded);
        return new Vector<float>(padded);
    }

    private static void StoreTail(Vector<float> values, Span<float> tail)
    {
        Span<float> padded = stackalloc float[Vector<float>.Count];
        values.CopyTo(padded);
        padded[..tail.Length].CopyTo(tail);
    }
}
