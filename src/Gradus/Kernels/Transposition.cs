using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Gradus.Kernels;

/// <summary>Transposed copies of small matrices: four by four in registers.</summary>
internal static unsafe class Transposition
{
    private const int Line = 16; // floats in a cache line: every line is used up before the next rows evict it

    /// <summary>target[column, row] = source[row, column].</summary>
    /// <param name="source">Rows of contiguous elements, <paramref name="sourceStride"/> floats apart.</param>
    /// <param name="sourceStride">Floats from one row of the source to the next.</param>
    /// <param name="rows">The source's rows.</param>
    /// <param name="columns">The source's columns.</param>
    /// <param name="target">Rows of contiguous elements, one for each column of the source.</param>
    /// <param name="targetStride">Floats from one row of the target to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy(float* source, nint sourceStride, nint rows, nint columns, float* target, nint targetStride)
    {
        nint wholeRows = Sse.IsSupported ? rows & ~3 : 0, wholeColumns = columns & ~3;
        for (nint block = 0; block < wholeColumns; block += Line)
        {
            nint end = nint.Min(block + Line, wholeColumns);
            for (nint i = 0; i < wholeRows; i += 4)
            {
                for (nint j = block; j < end; j += 4) CopyFour(source + i * sourceStride + j, sourceStride, target + j * targetStride + i, targetStride);
            }
        }

        for (nint j = wholeColumns; j < columns; j++)
        {
            for (nint i = 0; i < wholeRows; i++) target[j * targetStride + i] = source[i * sourceStride + j];
        }

        for (nint i = wholeRows; i < rows; i++)
        {
            for (nint j = 0; j < columns; j++) target[j * targetStride + i] = source[i * sourceStride + j];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyFour(float* source, nint sourceStride, float* target, nint targetStride)
    {
        Vector128<float> row0 = Vector128.Load(source), row1 = Vector128.Load(source + sourceStride);
        Vector128<float> row2 = Vector128.Load(source + 2 * sourceStride), row3 = Vector128.Load(source + 3 * sourceStride);
        Vector128<float> low01 = Sse.UnpackLow(row0, row1), low23 = Sse.UnpackLow(row2, row3);
        Vector128<float> high01 = Sse.UnpackHigh(row0, row1), high23 = Sse.UnpackHigh(row2, row3);
        Sse.MoveLowToHigh(low01, low23).Store(target);
        Sse.MoveHighToLow(low23, low01).Store(target + targetStride);
        Sse.MoveLowToHigh(high01, high23).Store(target + 2 * targetStride);
        Sse.MoveHighToLow(high23, high01).Store(target + 3 * targetStride);
    }
}
