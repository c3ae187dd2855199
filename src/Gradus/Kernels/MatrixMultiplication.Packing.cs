using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Gradus.Kernels;

/// <content>
/// Packing: <c>width</c> rows of a (or columns of b) side by side, one group for each step of the depth, so that a register
/// block reads both operands in order. Both operands and both orientations are this one copy with other strides.
/// </content>
internal static unsafe partial class MatrixMultiplication
{
    /// <summary>packed[p, i] = source[i · across + p · along] for i below count, 0 from there to width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pack(float* source, nint across, nint along, int count, nint depth, float* packed, nint width)
    {
        if (across == 1 && count == width) CopyRows(source, along, depth, packed, width);
        else if (along == 1) Transposition.Copy(source, across, count, depth, packed, width);
        else CopyElements(source, across, along, count, depth, packed, width);
        if (count < width) Pad(count, depth, packed, width);
    }

    /// <summary>
    /// Asks for those columns of a transposed a that are packed next, a share of them for each block of columns of the result: they arrive in
    /// the L2 while this group is multiplied. Their stride is too long for the processor to see them coming.
    /// </summary>
    private static void Prefetch(in MatrixView a, int rows, int depth, int column, int columns, int width)
    {
        if (!Sse.IsSupported || rows <= 0 || a.RowStride != 1) return;
        int blocks = (columns + width - 1) / width, block = column / width;
        nint end = (nint)depth * (block + 1) / blocks;
        for (nint i = (nint)depth * block / blocks; i < end; i++)
        {
            Sse.Prefetch1(a.Data + i * a.ColumnStride);
            Sse.Prefetch1(a.Data + i * a.ColumnStride + rows - 1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyRows(float* source, nint along, nint depth, float* packed, nint width)
    {
        if (Vector512.IsHardwareAccelerated && width == 2 * Vector512<float>.Count)
        {
            for (; depth > 0; depth--, source += along, packed += width)
            {
                Vector512.Load(source).Store(packed);
                Vector512.Load(source + 16).Store(packed + 16);
            }
        }
        else if (Vector256.IsHardwareAccelerated && Sse.IsSupported && width == 12)
        {
            for (; depth > 0; depth--, source += along, packed += width)
            {
                Vector256.Load(source).Store(packed);
                Vector128.Load(source + 8).Store(packed + 8);
            }
        }
        else if (width % 4 == 0)
        {
            for (; depth > 0; depth--, source += along, packed += width)
            {
                for (nint i = 0; i < width; i += 4) Vector128.Load(source + i).Store(packed + i);
            }
        }
        else
        {
            CopyElements(source, 1, along, width, depth, packed, width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyElements(float* source, nint across, nint along, nint count, nint depth, float* packed, nint width)
    {
        for (nint p = 0; p < depth; p++)
        {
            for (nint i = 0; i < count; i++) packed[p * width + i] = source[i * across + p * along];
        }
    }

    private static void Pad(nint count, nint depth, float* packed, nint width)
    {
        for (nint p = 0; p < depth; p++) new Span<float>(packed + p * width + count, (int)(width - count)).Clear();
    }
}
