using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Gradus.Kernels.Convolution;

/// <summary>Transposes 16 x 16 floats.</summary>
internal static unsafe class Transpose
{
    /// <summary>to[column * toStride + row] = from[row * fromStride + column] for 16 rows and 16 columns.</summary>
    public static void Run(float* from, nint fromStride, float* to, nint toStride)
    {
        if (Avx.IsSupported)
        {
            for (int row = 0; row < 16; row += 8)
                for (int column = 0; column < 16; column += 8)
                    Eight(from + (row * fromStride) + column, fromStride, to + (column * toStride) + row, toStride);
            return;
        }

        for (int column = 0; column < 16; column++)
            for (int row = 0; row < 16; row++)
                to[(column * toStride) + row] = from[(row * fromStride) + column];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Eight(float* from, nint stride, float* to, nint toStride)
    {
        // Halves first, straight from memory: rows r and r + 4 share a register, and only in-lane shuffles remain.
        Vector256<float> a = Halves(from, stride, 0), b = Halves(from, stride, 1), c = Halves(from, stride, 2), d = Halves(from, stride, 3);
        Four(a, b, c, d, to, toStride);
        a = Halves(from + 4, stride, 0);
        b = Halves(from + 4, stride, 1);
        c = Halves(from + 4, stride, 2);
        d = Halves(from + 4, stride, 3);
        Four(a, b, c, d, to + (4 * toStride), toStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Halves(float* from, nint stride, int row) =>
        Avx.InsertVector128(Vector128.Load(from + (row * stride)).ToVector256Unsafe(), Vector128.Load(from + ((row + 4) * stride)), 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d, float* to, nint stride)
    {
        var (p, q) = (Avx.UnpackLow(a, b), Avx.UnpackHigh(a, b));
        var (r, s) = (Avx.UnpackLow(c, d), Avx.UnpackHigh(c, d));
        Avx.Shuffle(p, r, 0x44).Store(to);
        Avx.Shuffle(p, r, 0xEE).Store(to + stride);
        Avx.Shuffle(q, s, 0x44).Store(to + (2 * stride));
        Avx.Shuffle(q, s, 0xEE).Store(to + (3 * stride));
    }
}
