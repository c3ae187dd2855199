using System.Runtime.CompilerServices;

namespace Gradus.Kernels;

/// <content>
/// Small products whose left operand is read where it lies, one scalar at a time, by rows or by columns: nothing is packed. The right
/// operand and the result have rows of whole vectors.
/// </content>
internal static unsafe partial class FlashAttention
{
    /// <summary>c [rows, columns] (+)= a · b, where a's element (row, p) lies at a + row · rowStride + p · step.</summary>
    /// <param name="a">The left operand.</param>
    /// <param name="rowStride">Floats from one row of a to the next.</param>
    /// <param name="step">Floats from one column of a to the next.</param>
    /// <param name="rows">At least 1.</param>
    /// <param name="b">[depth, columns].</param>
    /// <param name="strideB">Floats from one row of b to the next.</param>
    /// <param name="depth">The length of each sum, at least 1.</param>
    /// <param name="c">[rows, columns].</param>
    /// <param name="strideC">Floats from one row of c to the next.</param>
    /// <param name="columns">A multiple of a vector.</param>
    /// <param name="accumulate">Add to c rather than overwrite it.</param>
    private static void Multiply<TVector, TLanes>(
        float* a, nint rowStride, nint step, int rows, float* b, nint strideB, nint depth, float* c, nint strideC, int columns, bool accumulate)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        int height = TLanes.Rows >= 8 ? 8 : 4;
        for (int row = 0; row < rows; row += height)
        {
            var block = new Block { A = a + row * rowStride, RowStride = rowStride, Step = step, StrideB = strideB, Depth = depth, StrideC = strideC, Rows = Math.Min(height, rows - row), Accumulate = accumulate };
            for (int column = 0; column < columns; column += 2 * TLanes.Count)
            {
                block.B = b + column;
                block.C = c + row * strideC + column;
                bool two = column + TLanes.Count < columns;
                if (height == 8 && two) Eight<TVector, TLanes, TwoVectors>(block);
                else if (height == 8) Eight<TVector, TLanes, OneVector>(block);
                else if (two) Four<TVector, TLanes, TwoVectors>(block);
                else Four<TVector, TLanes, OneVector>(block);
            }
        }
    }

    // Rows that do not exist read the last one again, and are not written.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Eight<TVector, TLanes, TWidth>(in Block block)
        where TVector : struct
        where TLanes : ILanes<TVector>
        where TWidth : IBlockWidth
    {
        TVector left0 = default, left1 = default, left2 = default, left3 = default, left4 = default, left5 = default, left6 = default, left7 = default;
        TVector right0 = default, right1 = default, right2 = default, right3 = default, right4 = default, right5 = default, right6 = default, right7 = default;
        float* a0 = block.A, a1 = block.Row(1), a2 = block.Row(2), a3 = block.Row(3), a4 = block.Row(4), a5 = block.Row(5), a6 = block.Row(6), a7 = block.Row(7);
        float* b = block.B;
        nint offset = 0, step = block.Step, strideB = block.StrideB;
        for (nint depth = block.Depth; depth > 0; depth--)
        {
            var left = TLanes.Load(b);
            var right = TWidth.Two ? TLanes.Load(b + TLanes.Count) : default;
            Step<TVector, TLanes, TWidth>(a0[offset], left, right, ref left0, ref right0);
            Step<TVector, TLanes, TWidth>(a1[offset], left, right, ref left1, ref right1);
            Step<TVector, TLanes, TWidth>(a2[offset], left, right, ref left2, ref right2);
            Step<TVector, TLanes, TWidth>(a3[offset], left, right, ref left3, ref right3);
            Step<TVector, TLanes, TWidth>(a4[offset], left, right, ref left4, ref right4);
            Step<TVector, TLanes, TWidth>(a5[offset], left, right, ref left5, ref right5);
            Step<TVector, TLanes, TWidth>(a6[offset], left, right, ref left6, ref right6);
            Step<TVector, TLanes, TWidth>(a7[offset], left, right, ref left7, ref right7);
            offset += step;
            b += strideB;
        }

        Write<TVector, TLanes, TWidth>(left0, right0, block, 0);
        if (block.Rows > 1) Write<TVector, TLanes, TWidth>(left1, right1, block, 1);
        if (block.Rows > 2) Write<TVector, TLanes, TWidth>(left2, right2, block, 2);
        if (block.Rows > 3) Write<TVector, TLanes, TWidth>(left3, right3, block, 3);
        if (block.Rows > 4) Write<TVector, TLanes, TWidth>(left4, right4, block, 4);
        if (block.Rows > 5) Write<TVector, TLanes, TWidth>(left5, right5, block, 5);
        if (block.Rows > 6) Write<TVector, TLanes, TWidth>(left6, right6, block, 6);
        if (block.Rows > 7) Write<TVector, TLanes, TWidth>(left7, right7, block, 7);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four<TVector, TLanes, TWidth>(in Block block)
        where TVector : struct
        where TLanes : ILanes<TVector>
        where TWidth : IBlockWidth
    {
        TVector left0 = default, left1 = default, left2 = default, left3 = default;
        TVector right0 = default, right1 = default, right2 = default, right3 = default;
        float* a0 = block.A, a1 = block.Row(1), a2 = block.Row(2), a3 = block.Row(3), b = block.B;
        nint offset = 0, step = block.Step, strideB = block.StrideB;
        for (nint depth = block.Depth; depth > 0; depth--)
        {
            var left = TLanes.Load(b);
            var right = TWidth.Two ? TLanes.Load(b + TLanes.Count) : default;
            Step<TVector, TLanes, TWidth>(a0[offset], left, right, ref left0, ref right0);
            Step<TVector, TLanes, TWidth>(a1[offset], left, right, ref left1, ref right1);
            Step<TVector, TLanes, TWidth>(a2[offset], left, right, ref left2, ref right2);
            Step<TVector, TLanes, TWidth>(a3[offset], left, right, ref left3, ref right3);
            offset += step;
            b += strideB;
        }

        Write<TVector, TLanes, TWidth>(left0, right0, block, 0);
        if (block.Rows > 1) Write<TVector, TLanes, TWidth>(left1, right1, block, 1);
        if (block.Rows > 2) Write<TVector, TLanes, TWidth>(left2, right2, block, 2);
        if (block.Rows > 3) Write<TVector, TLanes, TWidth>(left3, right3, block, 3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step<TVector, TLanes, TWidth>(float a, TVector left, TVector right, ref TVector leftSum, ref TVector rightSum)
        where TVector : struct
        where TLanes : ILanes<TVector>
        where TWidth : IBlockWidth
    {
        var broadcast = TLanes.Broadcast(a);
        leftSum = TLanes.MultiplyAdd(broadcast, left, leftSum);
        if (TWidth.Two) rightSum = TLanes.MultiplyAdd(broadcast, right, rightSum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write<TVector, TLanes, TWidth>(TVector left, TVector right, in Block block, nint row)
        where TVector : struct
        where TLanes : ILanes<TVector>
        where TWidth : IBlockWidth
    {
        float* c = block.C + row * block.StrideC;
        TLanes.Store(block.Accumulate ? TLanes.Add(left, TLanes.Load(c)) : left, c);
        if (TWidth.Two) TLanes.Store(block.Accumulate ? TLanes.Add(right, TLanes.Load(c + TLanes.Count)) : right, c + TLanes.Count);
    }

    /// <summary>A part of a product that stays in registers: 8 or 4 rows, two vectors or one.</summary>
    private struct Block
    {
        public float* A, B, C;
        public nint RowStride, Step, StrideB, StrideC, Depth;
        public int Rows;
        public bool Accumulate;

        public readonly float* Row(int row) => A + Math.Min(row, Rows - 1) * RowStride;
    }
}
