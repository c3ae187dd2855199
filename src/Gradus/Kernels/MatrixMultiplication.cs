using System.Numerics.Tensors;

namespace Gradus.Kernels;

/// <summary>What is applied to a product on its way to memory, after the bias.</summary>
internal enum FusedActivation
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>max(x, 0); NaN stays NaN.</summary>
    Relu,
}

/// <summary>c = a · b in float32: packed panels, register blocks, tiles shared by the team.</summary>
/// <remarks>
/// Goto and van de Geijn 2008, https://doi.org/10.1145/1356052.1356053. Every element of c is summed over the depth in an
/// order that the sizes alone decide, so the bits do not depend on <see cref="Workers.Threads"/>. A transposed operand is an
/// exchange of strides. A warm call allocates nothing. c must not overlap a or b.
/// </remarks>
internal static unsafe partial class MatrixMultiplication
{
    private const long TinyWork = 512;            // multiply-adds: below it packing costs more than it saves
    private const long WorkForTeam = 400_000;     // about 7 µs on one core; waking the team costs one or two
    private const int SharedPackingRows = 192;    // from here on b is packed once for all tiles rather than by each
    private const int TilesForTeam = 32;          // enough for the last tile to leave nobody idle for long
    private const int DepthChunks = 8;            // of a split depth
    private const int SplitDepth = 2048;          // shorter depths are not split

    private static float[]? _sharedB; // taken while in use, so that two callers never share it
    private static float[]? _partialSums;

    /// <summary>c [rows, columns] = a [rows, depth] · b [depth, columns] (+ c) (+ bias), then the activation.</summary>
    /// <param name="a">[rows, depth].</param>
    /// <param name="b">[depth, columns].</param>
    /// <param name="c">[rows, columns], its rows <paramref name="stride"/> floats apart.</param>
    /// <param name="stride">At least <paramref name="columns"/>.</param>
    /// <param name="rows">Rows of a and c.</param>
    /// <param name="columns">Columns of b and c.</param>
    /// <param name="depth">Columns of a, rows of b; 0 gives an empty sum.</param>
    /// <param name="accumulate">Add to c rather than overwrite it.</param>
    /// <param name="bias">[columns], added to every row; null for none.</param>
    /// <param name="activation">Applied last.</param>
    public static void Multiply(
        in MatrixView a, in MatrixView b, float* c, int stride, int rows, int columns, int depth,
        bool accumulate = false, float* bias = null, FusedActivation activation = FusedActivation.None)
    {
        if (rows == 0 || columns == 0) return;
        if ((long)rows * columns * depth <= TinyWork)
        {
            Tiny(a, b, c, stride, rows, columns, depth, accumulate, bias, activation);
            return;
        }

        var job = new Job
        {
            A = a,
            B = b,
            C = c,
            Bias = bias,
            Stride = stride,
            Rows = rows,
            Columns = columns,
            DepthLength = depth,
            LastDepth = depth,
            Batch = 1,
            Accumulate = accumulate,
            Rectify = activation == FusedActivation.Relu,
        };
        if (IsSplit(rows, columns, depth)) MultiplySplit(job);
        else if (rows >= SharedPackingRows) MultiplyShared(job);
        else Start(ref job);
    }

    /// <summary>c [m, n] = a [m, k] · b [k, n] (+ c) (+ bias), then the activation; all row-major and dense.</summary>
    /// <param name="a">[m, k], or [k, m] if <paramref name="transposeA"/>.</param>
    /// <param name="transposeA">Take a transposed.</param>
    /// <param name="b">[k, n], or [n, k] if <paramref name="transposeB"/>.</param>
    /// <param name="transposeB">Take b transposed.</param>
    /// <param name="c">[m, n].</param>
    /// <param name="m">Rows of the result.</param>
    /// <param name="n">Columns of the result.</param>
    /// <param name="k">The length of each sum.</param>
    /// <param name="accumulate">Add to c rather than overwrite it.</param>
    /// <param name="bias">[n], added to every row; empty for none.</param>
    /// <param name="activation">Applied last.</param>
    /// <exception cref="ArgumentException">A span is shorter than its shape.</exception>
    public static void Multiply(
        ReadOnlySpan<float> a, bool transposeA, ReadOnlySpan<float> b, bool transposeB, Span<float> c, int m, int n, int k,
        bool accumulate = false, ReadOnlySpan<float> bias = default, FusedActivation activation = FusedActivation.None)
    {
        Require(a.Length, (long)m * k, nameof(a));
        Require(b.Length, (long)k * n, nameof(b));
        Require(c.Length, (long)m * n, nameof(c));
        if (!bias.IsEmpty) Require(bias.Length, n, nameof(bias));
        fixed (float* pa = a, pb = b, pc = c, pBias = bias)
        {
            Multiply(View(pa, m, k, transposeA), View(pb, k, n, transposeB), pc, n, m, n, k, accumulate, pBias, activation);
        }
    }

    /// <summary>c[i] [m, n] = a[i] [m, k] · b[i] [k, n] (+ c[i]) for every i of a batch; all row-major and dense.</summary>
    /// <param name="batch">How many products.</param>
    /// <param name="a">The left operands.</param>
    /// <param name="strideA">Floats from one left operand to the next; 0 takes the same one for all.</param>
    /// <param name="transposeA">The left operands lie as [k, m].</param>
    /// <param name="b">The right operands.</param>
    /// <param name="strideB">Floats from one right operand to the next; 0 takes the same one for all.</param>
    /// <param name="transposeB">The right operands lie as [n, k].</param>
    /// <param name="c">The results, m · n floats apart.</param>
    /// <param name="m">Rows of a result.</param>
    /// <param name="n">Columns of a result.</param>
    /// <param name="k">The length of each sum.</param>
    /// <param name="accumulate">Add to c rather than overwrite it.</param>
    /// <exception cref="ArgumentException">A span is shorter than its shape.</exception>
    public static void MultiplyBatched(
        int batch, ReadOnlySpan<float> a, nint strideA, bool transposeA, ReadOnlySpan<float> b, nint strideB, bool transposeB,
        Span<float> c, int m, int n, int k, bool accumulate = false)
    {
        if (batch == 0 || m == 0 || n == 0) return;
        Require(a.Length, (batch - 1) * (long)strideA + (long)m * k, nameof(a));
        Require(b.Length, (batch - 1) * (long)strideB + (long)k * n, nameof(b));
        Require(c.Length, (long)batch * m * n, nameof(c));
        fixed (float* pa = a, pb = b, pc = c)
        {
            MatrixView viewA = View(pa, m, k, transposeA), viewB = View(pb, k, n, transposeB);
            if (m >= SharedPackingRows || (long)m * n * k <= TinyWork || IsSplit(m, n, k))
            {
                for (int i = 0; i < batch; i++)
                {
                    Multiply(
                        new MatrixView(pa + i * strideA, viewA.RowStride, viewA.ColumnStride), new MatrixView(pb + i * strideB, viewB.RowStride, viewB.ColumnStride),
                        pc + i * ((nint)m * n), n, m, n, k, accumulate);
                }

                return;
            }

            var job = new Job
            {
                A = viewA,
                B = viewB,
                C = pc,
                BatchA = strideA,
                BatchB = strideB,
                BatchC = (nint)m * n,
                Stride = n,
                Rows = m,
                Columns = n,
                DepthLength = k,
                LastDepth = k,
                Batch = batch,
                Accumulate = accumulate,
            };
            Start(ref job);
        }
    }

    private static MatrixView View(float* data, int rows, int columns, bool transposed) =>
        transposed ? new MatrixView(data, 1, rows) : new MatrixView(data, columns, 1);

    private static void Require(long length, long needed, string name)
    {
        if (length < needed) throw new ArgumentException($"Matrix multiplication needs {needed} floats of {name}; got {length}.", name);
    }

    private static void Tiny(
        in MatrixView a, in MatrixView b, float* c, nint stride, int rows, int columns, int depth, bool accumulate, float* bias, FusedActivation activation)
    {
        for (nint i = 0; i < rows; i++)
        {
            for (nint j = 0; j < columns; j++)
            {
                float sum = accumulate ? c[i * stride + j] : 0;
                float* left = a.Data + i * a.RowStride, right = b.Data + j * b.ColumnStride;
                for (int p = 0; p < depth; p++, left += a.ColumnStride, right += b.RowStride) sum += *left * *right;
                if (bias != null) sum += bias[j];
                c[i * stride + j] = activation == FusedActivation.Relu ? MathF.Max(sum, 0) : sum;
            }
        }
    }

    /// <summary>Cuts the job into tiles and runs them.</summary>
    private static void Start(ref Job job)
    {
        int blocks = (Math.Max(job.DepthLength, 1) + Depth - 1) / Depth;
        job.DepthBlock = (job.DepthLength + blocks - 1) / blocks;
        int widest = TileLength / Math.Max(job.DepthBlock, 1) / BlockColumns * BlockColumns;
        job.ColumnTiles = (job.Columns + widest - 1) / widest;
        int groups = (job.Rows + BlockRows - 1) / BlockRows;
        bool alone = (long)job.Rows * job.Columns * job.DepthLength * job.Batch < WorkForTeam;
        int wanted = alone ? 1 : Math.Max(1, TilesForTeam / job.Batch);
        if (job.PackedB == null)
        {
            // Each tile packs its own columns of b: cut the columns, into no less than 64, before the rows.
            job.ColumnTiles = Math.Max(job.ColumnTiles, Math.Min(Math.Min(wanted, 8), job.Columns / 64));
            wanted = Math.Min(wanted, 8);
        }

        int rowTiles = Math.Max((job.Rows + TileRows - 1) / TileRows, Math.Min((wanted + job.ColumnTiles - 1) / job.ColumnTiles, (groups + TileGroups - 1) / TileGroups));
        job.RowsPerTile = (groups + rowTiles - 1) / rowTiles * BlockRows;
        job.RowTiles = (job.Rows + job.RowsPerTile - 1) / job.RowsPerTile;
        job.ColumnsPerTile = RoundUp((job.Columns + job.ColumnTiles - 1) / job.ColumnTiles, BlockColumns);
        job.ColumnTiles = (job.Columns + job.ColumnsPerTile - 1) / job.ColumnsPerTile;

        int packed = job.PackedB == null ? job.ColumnsPerTile * Math.Max(job.DepthBlock, 1) : 0;
        if (job.DepthLength == 0) Empty(job);
        else Workers.Run(alone ? 1 : job.Tiles, (job, alone), RunTiles, PackedRowsLength + EdgeLength + packed);
    }

    private static readonly Action<(Job Job, bool Alone), int> RunTiles = static (state, tile) =>
    {
        if (!state.Alone) RunTile(state.Job, tile);
        else for (int i = 0; i < state.Job.Tiles; i++) RunTile(state.Job, i);
    };

    /// <summary>An empty sum: what is left is c or zero, the bias and the activation.</summary>
    private static void Empty(in Job job)
    {
        var activation = job.Rectify ? FusedActivation.Relu : FusedActivation.None;
        for (int i = 0; i < job.Batch; i++) Tiny(job.A, job.B, job.C + i * job.BatchC, job.Stride, job.Rows, job.Columns, 0, job.Accumulate, job.Bias, activation);
    }

    /// <summary>Packs all of b once, then runs the tiles.</summary>
    private static void MultiplyShared(Job job)
    {
        int blocks = (job.DepthLength + Depth - 1) / Depth, padded = RoundUp(job.Columns, BlockColumns);
        job.DepthBlock = (job.DepthLength + blocks - 1) / blocks;
        float[] buffer = Take(ref _sharedB, (long)padded * job.DepthLength);
        job.PackedB = Workers.Align(buffer);
        int panels = (job.Columns + BlockColumns - 1) / BlockColumns;
        bool alone = (long)padded * job.DepthLength < 30_000; // floats: about 3 µs of packing
        if (alone) for (int i = 0; i < panels * blocks; i++) PackPanel(job, i);
        else Workers.Run(panels * blocks, job, static (job, tile) => PackPanel(job, tile));
        Start(ref job);
        _sharedB = buffer;
    }

    private static void PackPanel(in Job job, int tile)
    {
        int panels = (job.Columns + BlockColumns - 1) / BlockColumns, padded = panels * BlockColumns;
        int begin = tile / panels * job.DepthBlock, column = tile % panels * BlockColumns, depth = Math.Min(job.DepthBlock, job.DepthLength - begin);
        PackColumns(job.B.From(begin, column), Math.Min(BlockColumns, job.Columns - column), depth, job.PackedB + (nint)begin * padded + (nint)column * depth, BlockColumns);
    }

    /// <summary>Few elements with long sums: the team would idle, so the depth is cut into a fixed number of chunks.</summary>
    private static bool IsSplit(int rows, int columns, int depth) => depth >= SplitDepth && (long)rows * columns <= 16_384;

    private static void MultiplySplit(Job job)
    {
        int chunk = (job.DepthLength + DepthChunks - 1) / DepthChunks, length = job.Rows * job.Columns;
        int chunks = (job.DepthLength + chunk - 1) / chunk;
        float[] buffer = Take(ref _partialSums, (long)chunks * length);
        float* sums = Workers.Align(buffer);
        var parts = job with
        {
            C = sums,
            Bias = null,
            Accumulate = false,
            Rectify = false,
            Stride = job.Columns,
            Batch = chunks,
            BatchA = chunk * job.A.ColumnStride,
            BatchB = chunk * job.B.RowStride,
            BatchC = length,
            DepthLength = chunk,
            LastDepth = job.DepthLength - (chunks - 1) * chunk,
        };
        if (IsDotShaped(parts)) Workers.Run(chunks, parts, static (parts, chunk) => RunDots(parts, chunk));
        else Start(ref parts);

        for (int i = 0; i < job.Rows; i++)
        {
            var row = new Span<float>(job.C + i * job.Stride, job.Columns);
            if (!job.Accumulate) row.Clear();
            for (int part = 0; part < chunks; part++) TensorPrimitives.Add(row, new ReadOnlySpan<float>(sums + part * length + i * job.Columns, job.Columns), row);
            if (job.Bias != null) TensorPrimitives.Add(row, new ReadOnlySpan<float>(job.Bias, job.Columns), row);
            if (job.Rectify) TensorPrimitives.Max(row, 0f, row);
        }

        _partialSums = buffer;
    }

    private static float[] Take(ref float[]? kept, long length)
    {
        const int alignment = 16;
        float[]? buffer = Interlocked.Exchange(ref kept, null);
        return buffer?.Length >= length + alignment ? buffer : GC.AllocateUninitializedArray<float>(checked((int)(length + alignment)), pinned: true);
    }
}
