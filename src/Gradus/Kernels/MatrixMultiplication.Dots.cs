using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gradus.Kernels;

/// <content>
/// Few elements with long sums whose operands both run along the depth: dot products in blocks of 4 x 4. Nothing is packed, since
/// each element would be used too few times to pay for it.
/// </content>
internal static unsafe partial class MatrixMultiplication
{
    private const int DotBlock = 4;
    private const int DotDepth = 2048; // a few dozen rows of it stay in the 1 MiB L2; long enough to hide the sums across lanes

    private static bool IsDotShaped(in Job job) => Vector512.IsHardwareAccelerated && job.A.ColumnStride == 1 && job.B.RowStride == 1;

    /// <summary>One chunk of a split depth: c of the chunk = a · b over its part of the depth.</summary>
    private static void RunDots(in Job job, int product)
    {
        int depth = product == job.Batch - 1 ? job.LastDepth : job.DepthLength;
        float* a = job.A.Data + product * job.BatchA, b = job.B.Data + product * job.BatchB, c = job.C + product * job.BatchC;
        new Span<float>(c, job.Rows * job.Columns).Clear();
        for (int begin = 0; begin < depth; begin += DotDepth)
        {
            int length = Math.Min(DotDepth, depth - begin);
            for (int column = 0; column < job.Columns; column += DotBlock)
            {
                for (int row = 0; row < job.Rows; row += DotBlock)
                {
                    float* left = a + row * job.A.RowStride + begin, right = b + column * job.B.ColumnStride + begin, sum = c + row * job.Stride + column;
                    if (row + DotBlock <= job.Rows && column + DotBlock <= job.Columns) FourByFour(left, job.A.RowStride, right, job.B.ColumnStride, sum, job.Stride, length);
                    else Edge(left, job.A.RowStride, right, job.B.ColumnStride, sum, job.Stride, length, job.Rows - row, job.Columns - column);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByFour(float* a, nint strideA, float* b, nint strideB, float* c, nint strideC, int length)
    {
        Vector512<float> s00 = default, s01 = default, s02 = default, s03 = default, s10 = default, s11 = default, s12 = default, s13 = default;
        Vector512<float> s20 = default, s21 = default, s22 = default, s23 = default, s30 = default, s31 = default, s32 = default, s33 = default;
        float* a1 = a + strideA, a2 = a1 + strideA, a3 = a2 + strideA, b1 = b + strideB, b2 = b1 + strideB, b3 = b2 + strideB;
        nint i = 0;
        for (; i <= length - Vector512<float>.Count; i += Vector512<float>.Count)
        {
            Vector512<float> x0 = Vector512.Load(a + i), x1 = Vector512.Load(a1 + i), x2 = Vector512.Load(a2 + i), x3 = Vector512.Load(a3 + i);
            var y = Vector512.Load(b + i);
            s00 = Vector512.FusedMultiplyAdd(x0, y, s00);
            s10 = Vector512.FusedMultiplyAdd(x1, y, s10);
            s20 = Vector512.FusedMultiplyAdd(x2, y, s20);
            s30 = Vector512.FusedMultiplyAdd(x3, y, s30);
            y = Vector512.Load(b1 + i);
            s01 = Vector512.FusedMultiplyAdd(x0, y, s01);
            s11 = Vector512.FusedMultiplyAdd(x1, y, s11);
            s21 = Vector512.FusedMultiplyAdd(x2, y, s21);
            s31 = Vector512.FusedMultiplyAdd(x3, y, s31);
            y = Vector512.Load(b2 + i);
            s02 = Vector512.FusedMultiplyAdd(x0, y, s02);
            s12 = Vector512.FusedMultiplyAdd(x1, y, s12);
            s22 = Vector512.FusedMultiplyAdd(x2, y, s22);
            s32 = Vector512.FusedMultiplyAdd(x3, y, s32);
            y = Vector512.Load(b3 + i);
            s03 = Vector512.FusedMultiplyAdd(x0, y, s03);
            s13 = Vector512.FusedMultiplyAdd(x1, y, s13);
            s23 = Vector512.FusedMultiplyAdd(x2, y, s23);
            s33 = Vector512.FusedMultiplyAdd(x3, y, s33);
        }

        AddRow(c, s00, s01, s02, s03);
        AddRow(c + strideC, s10, s11, s12, s13);
        AddRow(c + 2 * strideC, s20, s21, s22, s23);
        AddRow(c + 3 * strideC, s30, s31, s32, s33);
        if (i < length) Edge(a + i, strideA, b + i, strideB, c, strideC, length - (int)i, DotBlock, DotBlock);
    }

    private static void AddRow(float* c, Vector512<float> s0, Vector512<float> s1, Vector512<float> s2, Vector512<float> s3)
    {
        c[0] += Vector512.Sum(s0);
        c[1] += Vector512.Sum(s1);
        c[2] += Vector512.Sum(s2);
        c[3] += Vector512.Sum(s3);
    }

    private static void Edge(float* a, nint strideA, float* b, nint strideB, float* c, nint strideC, int length, int rows, int columns)
    {
        for (nint row = 0; row < Math.Min(DotBlock, rows); row++)
        {
            for (nint column = 0; column < Math.Min(DotBlock, columns); column++)
            {
                float* x = a + row * strideA, y = b + column * strideB;
                Vector512<float> sum = default;
                int i = 0;
                for (; i <= length - Vector512<float>.Count; i += Vector512<float>.Count) sum = Vector512.FusedMultiplyAdd(Vector512.Load(x + i), Vector512.Load(y + i), sum);
                float rest = 0;
                for (; i < length; i++) rest += x[i] * y[i];
                c[row * strideC + column] += Vector512.Sum(sum) + rest;
            }
        }
    }
}
