using System.Runtime.CompilerServices;

namespace Gradus.Kernels;

/// <summary>How many vectors wide a register block is: a constant for the compiler.</summary>
internal interface IBlockWidth
{
    /// <summary>Two vectors, or one.</summary>
    static abstract bool Two { get; }
}

/// <summary>Two vectors: the usual block.</summary>
internal readonly struct TwoVectors : IBlockWidth
{
    public static bool Two => true;
}

/// <summary>One vector: the last columns, where a second one would be padding alone.</summary>
internal readonly struct OneVector : IBlockWidth
{
    public static bool Two => false;
}

/// <content>
/// The register blocks: c[rows, two vectors] = a · b over one block of the depth, every accumulator in a register.
/// a is packed, the block's rows side by side; b's rows lie <c>step</c> floats apart, packed or as the caller holds them.
/// The three heights are written out because the compiler keeps locals in registers, and no array.
/// </content>
internal static unsafe partial class MatrixMultiplication
{
    /// <summary>What happens to a finished block on its way to memory.</summary>
    private struct Finish
    {
        public bool Accumulate, Rectify;
        public float* Bias; // of the block's first column; null where there is none
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block12<TVector, TLanes, TWidth>(float* a, float* b, nint step, nint depth, float* c, nint stride, int rows, in Finish finish)
        where TVector : struct
        where TLanes : ILanes<TVector>
        where TWidth : IBlockWidth
    {
        TVector left0 = default, right0 = default;
        TVector left1 = default, right1 = default;
        TVector left2 = default, right2 = default;
        TVector left3 = default, right3 = default;
        TVector left4 = default, right4 = default;
        TVector left5 = default, right5 = default;
        TVector left6 = default, right6 = default;
        TVector left7 = default, right7 = default;
        TVector left8 = default, right8 = default;
        TVector left9 = default, right9 = default;
        TVector left10 = default, right10 = default;
        TVector left11 = default, right11 = default;

        for (; depth > 0; depth--)
        {
            var left = TLanes.Load(b);
            var right = TWidth.Two ? TLanes.Load(b + TLanes.Count) : default;
            Step<TVector, TLanes, TWidth>(a[0], left, right, ref left0, ref right0);
            Step<TVector, TLanes, TWidth>(a[1], left, right, ref left1, ref right1);
            Step<TVector, TLanes, TWidth>(a[2], left, right, ref left2, ref right2);
            Step<TVector, TLanes, TWidth>(a[3], left, right, ref left3, ref right3);
            Step<TVector, TLanes, TWidth>(a[4], left, right, ref left4, ref right4);
            Step<TVector, TLanes, TWidth>(a[5], left, right, ref left5, ref right5);
            Step<TVector, TLanes, TWidth>(a[6], left, right, ref left6, ref right6);
            Step<TVector, TLanes, TWidth>(a[7], left, right, ref left7, ref right7);
            Step<TVector, TLanes, TWidth>(a[8], left, right, ref left8, ref right8);
            Step<TVector, TLanes, TWidth>(a[9], left, right, ref left9, ref right9);
            Step<TVector, TLanes, TWidth>(a[10], left, right, ref left10, ref right10);
            Step<TVector, TLanes, TWidth>(a[11], left, right, ref left11, ref right11);
            a += 12;
            b += step;
        }

        Write<TVector, TLanes, TWidth>(left0, right0, c, finish);
        if (rows > 1) Write<TVector, TLanes, TWidth>(left1, right1, c + 1 * stride, finish);
        if (rows > 2) Write<TVector, TLanes, TWidth>(left2, right2, c + 2 * stride, finish);
        if (rows > 3) Write<TVector, TLanes, TWidth>(left3, right3, c + 3 * stride, finish);
        if (rows > 4) Write<TVector, TLanes, TWidth>(left4, right4, c + 4 * stride, finish);
        if (rows > 5) Write<TVector, TLanes, TWidth>(left5, right5, c + 5 * stride, finish);
        if (rows > 6) Write<TVector, TLanes, TWidth>(left6, right6, c + 6 * stride, finish);
        if (rows > 7) Write<TVector, TLanes, TWidth>(left7, right7, c + 7 * stride, finish);
        if (rows > 8) Write<TVector, TLanes, TWidth>(left8, right8, c + 8 * stride, finish);
        if (rows > 9) Write<TVector, TLanes, TWidth>(left9, right9, c + 9 * stride, finish);
        if (rows > 10) Write<TVector, TLanes, TWidth>(left10, right10, c + 10 * stride, finish);
        if (rows > 11) Write<TVector, TLanes, TWidth>(left11, right11, c + 11 * stride, finish);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block8<TVector, TLanes, TWidth>(float* a, float* b, nint step, nint depth, float* c, nint stride, int rows, in Finish finish)
        where TVector : struct
        where TLanes : ILanes<TVector>
        where TWidth : IBlockWidth
    {
        TVector left0 = default, right0 = default;
        TVector left1 = default, right1 = default;
        TVector left2 = default, right2 = default;
        TVector left3 = default, right3 = default;
        TVector left4 = default, right4 = default;
        TVector left5 = default, right5 = default;
        TVector left6 = default, right6 = default;
        TVector left7 = default, right7 = default;

        for (; depth > 0; depth--)
        {
            var left = TLanes.Load(b);
            var right = TWidth.Two ? TLanes.Load(b + TLanes.Count) : default;
            Step<TVector, TLanes, TWidth>(a[0], left, right, ref left0, ref right0);
            Step<TVector, TLanes, TWidth>(a[1], left, right, ref left1, ref right1);
            Step<TVector, TLanes, TWidth>(a[2], left, right, ref left2, ref right2);
            Step<TVector, TLanes, TWidth>(a[3], left, right, ref left3, ref right3);
            Step<TVector, TLanes, TWidth>(a[4], left, right, ref left4, ref right4);
            Step<TVector, TLanes, TWidth>(a[5], left, right, ref left5, ref right5);
            Step<TVector, TLanes, TWidth>(a[6], left, right, ref left6, ref right6);
            Step<TVector, TLanes, TWidth>(a[7], left, right, ref left7, ref right7);
            a += 8;
            b += step;
        }

        Write<TVector, TLanes, TWidth>(left0, right0, c, finish);
        if (rows > 1) Write<TVector, TLanes, TWidth>(left1, right1, c + 1 * stride, finish);
        if (rows > 2) Write<TVector, TLanes, TWidth>(left2, right2, c + 2 * stride, finish);
        if (rows > 3) Write<TVector, TLanes, TWidth>(left3, right3, c + 3 * stride, finish);
        if (rows > 4) Write<TVector, TLanes, TWidth>(left4, right4, c + 4 * stride, finish);
        if (rows > 5) Write<TVector, TLanes, TWidth>(left5, right5, c + 5 * stride, finish);
        if (rows > 6) Write<TVector, TLanes, TWidth>(left6, right6, c + 6 * stride, finish);
        if (rows > 7) Write<TVector, TLanes, TWidth>(left7, right7, c + 7 * stride, finish);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block4<TVector, TLanes, TWidth>(float* a, float* b, nint step, nint depth, float* c, nint stride, int rows, in Finish finish)
        where TVector : struct
        where TLanes : ILanes<TVector>
        where TWidth : IBlockWidth
    {
        TVector left0 = default, right0 = default;
        TVector left1 = default, right1 = default;
        TVector left2 = default, right2 = default;
        TVector left3 = default, right3 = default;

        for (; depth > 0; depth--)
        {
            var left = TLanes.Load(b);
            var right = TWidth.Two ? TLanes.Load(b + TLanes.Count) : default;
            Step<TVector, TLanes, TWidth>(a[0], left, right, ref left0, ref right0);
            Step<TVector, TLanes, TWidth>(a[1], left, right, ref left1, ref right1);
            Step<TVector, TLanes, TWidth>(a[2], left, right, ref left2, ref right2);
            Step<TVector, TLanes, TWidth>(a[3], left, right, ref left3, ref right3);
            a += 4;
            b += step;
        }

        Write<TVector, TLanes, TWidth>(left0, right0, c, finish);
        if (rows > 1) Write<TVector, TLanes, TWidth>(left1, right1, c + 1 * stride, finish);
        if (rows > 2) Write<TVector, TLanes, TWidth>(left2, right2, c + 2 * stride, finish);
        if (rows > 3) Write<TVector, TLanes, TWidth>(left3, right3, c + 3 * stride, finish);
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
    private static void Write<TVector, TLanes, TWidth>(TVector left, TVector right, float* c, in Finish finish)
        where TVector : struct
        where TLanes : ILanes<TVector>
        where TWidth : IBlockWidth
    {
        Write<TVector, TLanes>(left, c, 0, finish);
        if (TWidth.Two) Write<TVector, TLanes>(right, c, TLanes.Count, finish);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write<TVector, TLanes>(TVector value, float* c, nint column, in Finish finish)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        if (finish.Accumulate) value = TLanes.Add(value, TLanes.Load(c + column));
        if (finish.Bias != null) value = TLanes.Add(value, TLanes.Load(finish.Bias + column));
        if (finish.Rectify) value = TLanes.Rectify(value);
        TLanes.Store(value, c + column);
    }
}
