using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Gradus.Kernels;

/// <content>
/// Backward: with P the weights, dV = Pᵀ dO; dP = dO Vᵀ; dS = scale · P (dP - D), D the row sums of dO · O; dQ = dS K; dK = dSᵀ Q.
/// </content>
internal static unsafe partial class FlashAttention
{
    private static int BackwardScratch(in AttentionShape shape)
    {
        int padded = Padded(shape.HeadSize), copies = padded == shape.HeadSize ? 0 : padded * (3 * shape.Keys + 3 * Widest);
        return Widest * (2 * shape.HeadSize + 3 * KeyBlock) + copies;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BackwardTile<TVector, TLanes>(Job job, int tile)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        var head = new Head(job, tile);
        var rows = new Rows(job, head);
        if (rows.KeyGradient != null) Clear(rows.KeyGradient, rows.KeyStride, job.Shape.Keys, rows.Columns);
        if (rows.ValueGradient != null) Clear(rows.ValueGradient, rows.KeyStride, job.Shape.Keys, rows.Columns);
        for (int first = 0; first < job.Shape.Queries; first += 2 * TLanes.Count)
        {
            int lanes = job.Shape.Queries - first > TLanes.Count ? 2 * TLanes.Count : TLanes.Count;
            var queries = new Queries(job, head, first, job.Shape.Queries, lanes);
            BackwardBlock<TVector, TLanes>(job, head, queries, rows);
        }

        if (!rows.ArePadded) return;
        if (rows.KeyGradient != null) Unpad(rows.KeyGradient, rows.Columns, job.Shape.Keys, job.Shape.HeadSize, head.KeyGradient, job.Shape.Key.Time);
        if (rows.ValueGradient != null) Unpad(rows.ValueGradient, rows.Columns, job.Shape.Keys, job.Shape.HeadSize, head.ValueGradient, job.Shape.Key.Time);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BackwardBlock<TVector, TLanes>(in Job job, in Head head, in Queries queries, in Rows rows)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        int lanes = queries.Lanes, size = job.Shape.HeadSize;
        float* query = Workers.Scratch, gradient = query + Widest * size, weights = gradient + Widest * size;
        float* slopes = weights + Widest * KeyBlock, mask = slopes + Widest * KeyBlock;
        float* maxima = stackalloc float[3 * Widest], inverses = maxima + Widest, dots = inverses + Widest;
        LoadStatistics(job, head, queries, maxima, inverses, dots);
        Turn<TVector, TLanes>(head.Query, job.Shape.Query.Time, queries, size, query, job.Shape.Scale);
        Turn<TVector, TLanes>(head.OutputGradient, job.Shape.Output.Time, queries, size, gradient, factor: 1);
        var block = rows.At(job, head, queries);
        for (int first = 0; first < queries.Keys; first += KeyBlock)
        {
            int count = Math.Min(KeyBlock, queries.Keys - first);
            Score<TVector, TLanes>(job, head, queries, first, count, query, weights, mask);
            Multiply<TVector, TLanes>(head.Value + first * job.Shape.Key.Time, job.Shape.Key.Time, 1, count, gradient, lanes, size, slopes, lanes, lanes, accumulate: false);
            Differentiate<TVector, TLanes>(job, head, queries, first, count, weights, slopes, maxima, inverses, dots);
            nint place = first * rows.KeyStride;
            if (rows.ValueGradient != null)
                Multiply<TVector, TLanes>(weights, lanes, 1, count, block.OutputGradient, block.OutputStride, queries.Count, rows.ValueGradient + place, rows.KeyStride, rows.Columns, accumulate: true);
            if (rows.KeyGradient != null)
                Multiply<TVector, TLanes>(slopes, lanes, 1, count, block.Query, block.QueryStride, queries.Count, rows.KeyGradient + place, rows.KeyStride, rows.Columns, accumulate: true);
            if (block.QueryGradient != null)
                Multiply<TVector, TLanes>(slopes, 1, lanes, queries.Count, rows.Key + place, rows.KeyStride, count, block.QueryGradient, block.QueryStride, rows.Columns, accumulate: first > 0);
        }

        if (block.QueryGradient == null) return;
        if (queries.Keys == 0) Clear(head.QueryGradient + queries.First * job.Shape.Query.Time, job.Shape.Query.Time, queries.Count, size);
        else if (rows.ArePadded) Unpad(block.QueryGradient, rows.Columns, queries.Count, size, head.QueryGradient + queries.First * job.Shape.Query.Time, job.Shape.Query.Time);
    }

    private static void LoadStatistics(in Job job, in Head head, in Queries queries, float* maxima, float* inverses, float* dots)
    {
        new Span<float>(maxima, 3 * Widest).Clear();
        new ReadOnlySpan<float>(head.Maxima + queries.First, queries.Count).CopyTo(new Span<float>(maxima, Widest));
        new ReadOnlySpan<float>(head.Inverses + queries.First, queries.Count).CopyTo(new Span<float>(inverses, Widest));
        nint stride = job.Shape.Output.Time;
        for (int i = 0; i < queries.Count; i++)
        {
            nint row = (queries.First + i) * stride;
            dots[i] = TensorPrimitives.Dot(new ReadOnlySpan<float>(head.Output + row, job.Shape.HeadSize), new ReadOnlySpan<float>(head.OutputGradient + row, job.Shape.HeadSize));
        }
    }

    /// <summary>weights: scores become P, after dropout; slopes: dP become dS.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Differentiate<TVector, TLanes>(
        in Job job, in Head head, in Queries queries, int first, int count, float* weights, float* slopes, float* maxima, float* inverses, float* dots)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        float* factors = stackalloc float[4 * Widest];
        bool drops = job.Dropout.Rate > 0;
        new Span<float>(factors, 4 * Widest).Fill(1);
        TVector scale = TLanes.Broadcast(job.Shape.Scale), minus = TLanes.Broadcast(-1);
        for (int key = 0; key < count; key++)
        {
            if (drops && key % 4 == 0) Drop(job, head, queries, first + key, factors);
            nint place = (nint)key * queries.Lanes, factor = key % 4 * queries.Lanes;
            for (nint i = 0; i < queries.Lanes; i += TLanes.Count)
            {
                var power = VectorMath.Exp<TVector, TLanes>(TLanes.MultiplyAdd(TLanes.Load(maxima + i), minus, TLanes.Load(weights + place + i)));
                var weight = TLanes.Multiply(power, TLanes.Load(inverses + i));
                var kept = drops ? TLanes.Multiply(weight, TLanes.Load(factors + factor + i)) : weight;
                var share = TLanes.Multiply(TLanes.Multiply(weight, TLanes.Load(dots + i)), minus);
                TLanes.Store(kept, weights + place + i);
                TLanes.Store(TLanes.Multiply(TLanes.MultiplyAdd(kept, TLanes.Load(slopes + place + i), share), scale), slopes + place + i);
            }
        }
    }

    /// <summary>The rows that products read and write as whole vectors: where they lie, or copies if a head is no multiple of 16.</summary>
    private readonly struct Rows
    {
        public readonly float* Key, KeyGradient, ValueGradient;
        public readonly nint KeyStride;
        public readonly int Columns;
        public readonly bool ArePadded;
        private readonly float* _block;

        public Rows(in Job job, in Head head)
        {
            int size = job.Shape.HeadSize;
            Columns = Padded(size);
            ArePadded = Columns != size;
            if (!ArePadded)
            {
                KeyStride = job.Shape.Key.Time;
                Key = head.Key;
                KeyGradient = head.KeyGradient;
                ValueGradient = head.ValueGradient;
                return;
            }

            float* copies = Workers.Scratch + Widest * (2 * size + 3 * KeyBlock);
            nint length = (nint)Columns * job.Shape.Keys;
            KeyStride = Columns;
            Key = copies;
            KeyGradient = head.KeyGradient == null ? null : copies + length;
            ValueGradient = head.ValueGradient == null ? null : copies + 2 * length;
            _block = copies + 3 * length;
            Pad(head.Key, job.Shape.Key.Time, head.Keys, size, copies, Columns);
        }

        /// <summary>The rows of one block of queries.</summary>
        public BlockRows At(in Job job, in Head head, in Queries queries)
        {
            nint query = job.Shape.Query.Time, output = job.Shape.Output.Time;
            float* source = head.Query + queries.First * query, gradient = head.OutputGradient + queries.First * output;
            if (!ArePadded) return new BlockRows(source, gradient, head.QueryGradient == null ? null : head.QueryGradient + queries.First * query, query, output);
            nint length = (nint)Columns * Widest;
            Pad(source, query, queries.Count, job.Shape.HeadSize, _block, Columns);
            Pad(gradient, output, queries.Count, job.Shape.HeadSize, _block + length, Columns);
            return new BlockRows(_block, _block + length, head.QueryGradient == null ? null : _block + 2 * length, Columns, Columns);
        }
    }

    private readonly struct BlockRows(float* query, float* outputGradient, float* queryGradient, nint queryStride, nint outputStride)
    {
        public readonly float* Query = query, OutputGradient = outputGradient, QueryGradient = queryGradient;
        public readonly nint QueryStride = queryStride, OutputStride = outputStride;
    }
}
