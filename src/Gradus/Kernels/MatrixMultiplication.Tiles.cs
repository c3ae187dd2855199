using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gradus.Kernels;

/// <content>
/// One tile of the result: for each block of the depth, pack b's columns (unless they are packed already) into the level-2
/// cache, then for each group of rows pack a into the level-1 cache and sweep the columns.
/// </content>
internal static unsafe partial class MatrixMultiplication
{
    private const int TallestBlock = 12, WidestBlock = 32; // Lanes512: 12 rows of two vectors
    private const int Depth = 384;        // 12 rows of a are 18 KiB, beside one step of b, in the 32 KiB L1
    private const int TileLength = 512 * Depth; // floats of b in one block: 768 KiB of the 1 MiB L2
    private const int TileRows = 240;     // b's block comes from the L3 once for 20 groups of rows
    private const int TileGroups = 4;     // b's block comes from the L3 for no fewer groups
    private const int EdgeLength = TallestBlock * WidestBlock; // a block over the right edge is computed here, then copied
    private const int PackedRowsLength = TallestBlock * Depth;

    /// <summary>Products (one, or a batch) of [Rows, DepthLength] · [DepthLength, Columns], cut into tiles.</summary>
    private struct Job
    {
        public MatrixView A, B;
        public float* C, Bias;
        public float* PackedB;                       // all of b, packed; null: each tile packs what it needs
        public nint BatchA, BatchB, BatchC, Stride;  // floats from one product of the batch to the next; floats from one row of c to the next
        public int Rows, Columns, DepthLength;
        public int DepthBlock;                       // steps of the depth in one block
        public int LastDepth;                        // the depth of the batch's last product: the end of a split depth
        public int Batch, RowsPerTile, ColumnsPerTile, RowTiles, ColumnTiles;
        public bool Accumulate, Rectify;

        public readonly int Tiles => Batch * RowTiles * ColumnTiles;
    }

    private static int BlockRows => Vector512.IsHardwareAccelerated ? Lanes512.Rows : Lanes256.Rows;

    private static int BlockColumns =>
        Vector512.IsHardwareAccelerated ? 32 : Vector256.IsHardwareAccelerated ? 16 : Vector128.IsHardwareAccelerated ? 8 : 2;

    private static void RunTile(in Job job, int tile)
    {
        if (Vector512.IsHardwareAccelerated) RunTile<Vector512<float>, Lanes512>(job, tile);
        else if (Vector256.IsHardwareAccelerated) RunTile<Vector256<float>, Lanes256>(job, tile);
        else if (Vector128.IsHardwareAccelerated) RunTile<Vector128<float>, Lanes128>(job, tile);
        else RunTile<float, ScalarLanes>(job, tile);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunTile<TVector, TLanes>(in Job job, int tile)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        int product = tile / (job.RowTiles * job.ColumnTiles), place = tile % (job.RowTiles * job.ColumnTiles);
        int row = place % job.RowTiles * job.RowsPerTile, column = place / job.RowTiles * job.ColumnsPerTile;
        int rowEnd = Math.Min(row + job.RowsPerTile, job.Rows), columnEnd = Math.Min(column + job.ColumnsPerTile, job.Columns);
        int depthLength = product == job.Batch - 1 ? job.LastDepth : job.DepthLength;
        float* c = job.C + product * job.BatchC;
        var a = new MatrixView(job.A.Data + product * job.BatchA, job.A.RowStride, job.A.ColumnStride);
        var b = new MatrixView(job.B.Data + product * job.BatchB, job.B.RowStride, job.B.ColumnStride);
        float* packedA = Workers.Scratch, edge = packedA + PackedRowsLength, scratchB = edge + EdgeLength;
        int width = 2 * TLanes.Count, paddedColumns = RoundUp(job.Columns, width);

        for (int begin = 0; begin < depthLength; begin += job.DepthBlock)
        {
            int depth = Math.Min(job.DepthBlock, depthLength - begin);
            bool last = begin + depth == depthLength, direct = job.PackedB == null && job.Rows <= TLanes.Rows && b.ColumnStride == 1;
            float* packedB = job.PackedB != null ? job.PackedB + (nint)begin * paddedColumns + (nint)column * depth : scratchB;
            if (job.PackedB == null) PackColumns(b.From(begin, direct ? columnEnd - columnEnd % width : column), direct ? columnEnd % width : columnEnd - column, depth, scratchB, width);
            var finish = new Finish { Accumulate = begin > 0 || job.Accumulate, Rectify = last && job.Rectify };

            for (int i = row, rows; i < rowEnd; i += rows)
            {
                rows = Math.Min(rowEnd - i, TLanes.Rows);
                int height = TLanes.Rows == 4 || rows <= 4 ? 4 : rows <= 8 ? 8 : 12;
                var source = a.From(i, begin);
                Pack(source.Data, source.RowStride, source.ColumnStride, rows, depth, packedA, height);
                var next = a.From(i + rows, begin);
                int nextRows = Math.Min(job.Rows - i - rows, TLanes.Rows);
                for (int j = column; j < columnEnd; j += width)
                {
                    Prefetch(next, nextRows, depth, j - column, columnEnd - column, width);
                    bool inside = j + width <= columnEnd;
                    finish.Bias = last && job.Bias != null ? job.Bias + j : null;
                    float* blockB = !direct ? packedB + (nint)(j - column) * depth : inside ? b.From(begin, j).Data : scratchB;
                    nint step = direct && inside ? b.RowStride : width;
                    float* blockC = c + i * job.Stride + j;
                    if (inside) Sweep<TVector, TLanes, TwoVectors>(height, packedA, blockB, step, depth, blockC, job.Stride, rows, finish);
                    else Edge<TVector, TLanes>(height, packedA, blockB, depth, blockC, job.Stride, rows, columnEnd - j, edge, finish);
                }
            }
        }
    }

    /// <summary>A block that reaches over the right edge: computed whole beside the result, then the part that exists is copied.</summary>
    private static void Edge<TVector, TLanes>(int height, float* a, float* b, int depth, float* c, nint stride, int rows, int columns, float* edge, in Finish finish)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        int width = 2 * TLanes.Count;
        if (columns <= TLanes.Count) Sweep<TVector, TLanes, OneVector>(height, a, b, width, depth, edge, WidestBlock, rows, default);
        else Sweep<TVector, TLanes, TwoVectors>(height, a, b, width, depth, edge, WidestBlock, rows, default);
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                float value = edge[i * WidestBlock + j];
                if (finish.Accumulate) value += c[i * stride + j];
                if (finish.Bias != null) value += finish.Bias[j];
                c[i * stride + j] = finish.Rectify ? MathF.Max(value, 0) : value;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Sweep<TVector, TLanes, TWidth>(int height, float* a, float* b, nint step, int depth, float* c, nint stride, int rows, in Finish finish)
        where TVector : struct
        where TLanes : ILanes<TVector>
        where TWidth : IBlockWidth
    {
        if (height == 12) Block12<TVector, TLanes, TWidth>(a, b, step, depth, c, stride, rows, finish);
        else if (height == 8) Block8<TVector, TLanes, TWidth>(a, b, step, depth, c, stride, rows, finish);
        else Block4<TVector, TLanes, TWidth>(a, b, step, depth, c, stride, rows, finish);
    }

    private static void PackColumns(in MatrixView b, int columns, int depth, float* packed, int width)
    {
        for (int j = 0; j < columns; j += width)
        {
            Pack(b.Data + j * b.ColumnStride, b.ColumnStride, b.RowStride, Math.Min(width, columns - j), depth, packed + (nint)j * depth, width);
        }
    }

    private static int RoundUp(int value, int step) => (value + step - 1) / step * step;
}
