using System.Runtime.Intrinsics;

namespace Gradus.Kernels;

/// <summary>
/// Attention in blocks: softmax(scale · Q Kᵀ + mask) V, where the matrix [queries, keys] exists one block at a time. Backward computes a
/// block's weights again from each row's maximum and sum.
/// </summary>
/// <remarks>
/// Dao, Fu, Ermon, Rudra and Ré 2022, https://arxiv.org/abs/2205.14135, algorithms 1 and 4; softmax of a stream: Milakov and Gimelshein 2018,
/// https://arxiv.org/abs/1805.02867. Lanes run over the queries, so that maximum and sum go down the lanes, and a block of weights
/// [keys, queries] is the left operand of every product without a transposition. Each head of each sequence is summed by one thread in a fixed order: the
/// bits do not depend on <see cref="Workers.Threads"/>. A query that sees no key has output 0.
/// </remarks>
internal static unsafe partial class FlashAttention
{
    private const int KeyBlock = 128;      // keys of one block: its weights for 32 queries are 16 KiB
    private const int QueriesPerTile = 128; // forward shares one head's queries among tiles of so many: a multiple of every block
    private const int Widest = 32;         // queries of one block: two of the widest vectors
    private const long WorkForTeam = 200_000; // multiply-adds, some microseconds: below, waking the team does not pay

    /// <summary>The output, and what backward needs.</summary>
    /// <param name="shape">Sizes and strides.</param>
    /// <param name="dropout">Which weights are dropped.</param>
    /// <param name="lengths">[batch], each from 0 to keys: later keys are not seen, nor read; empty if all are.</param>
    /// <param name="query">From the first sequence's first head on; likewise the others.</param>
    /// <param name="key">As <paramref name="shape"/> says.</param>
    /// <param name="value">Lies like the keys.</param>
    /// <param name="mask">Added to the scaled products, [queries, keys] as often as the strides say; empty for none.</param>
    /// <param name="output">As <paramref name="shape"/> says.</param>
    /// <param name="statistics">See <see cref="AttentionShape.StatisticsLength"/>; empty where no gradient is wanted.</param>
    /// <exception cref="ArgumentException">A length is out of range, or there is not one for each sequence.</exception>
    public static void Forward(
        in AttentionShape shape, in AttentionDropout dropout, ReadOnlySpan<int> lengths, ReadOnlySpan<float> query, ReadOnlySpan<float> key,
        ReadOnlySpan<float> value, ReadOnlySpan<float> mask, Span<float> output, Span<float> statistics)
    {
        CheckLengths(shape, lengths);
        CheckSpans(shape, query.Length, key.Length, value.Length, output.Length);
        fixed (float* q = query, k = key, v = value, m = mask, o = output, s = statistics)
        fixed (int* l = lengths)
        {
            var job = new Job { Shape = shape, Dropout = dropout, Lengths = l, Query = q, Key = k, Value = v, Mask = m, Output = o, Statistics = s };
            int tiles = shape.Batch * shape.Heads * job.Chunks;
            Start(job, tiles, forward: true);
        }
    }

    /// <summary>The gradients that are wanted; others are empty. All are overwritten.</summary>
    /// <inheritdoc cref="Forward"/>
    public static void Backward(
        in AttentionShape shape, in AttentionDropout dropout, ReadOnlySpan<int> lengths, ReadOnlySpan<float> query, ReadOnlySpan<float> key,
        ReadOnlySpan<float> value, ReadOnlySpan<float> mask, ReadOnlySpan<float> output, ReadOnlySpan<float> statistics, ReadOnlySpan<float> outputGradient,
        Span<float> queryGradient, Span<float> keyGradient, Span<float> valueGradient)
    {
        CheckSpans(shape, query.Length, key.Length, value.Length, Math.Min(output.Length, outputGradient.Length));
        fixed (float* q = query, k = key, v = value, m = mask, o = output, s = statistics, g = outputGradient)
        fixed (float* dq = queryGradient, dk = keyGradient, dv = valueGradient)
        fixed (int* l = lengths)
        {
            var job = new Job
            {
                Shape = shape,
                Dropout = dropout,
                Lengths = l,
                Query = q,
                Key = k,
                Value = v,
                Mask = m,
                Output = o,
                Statistics = s,
                OutputGradient = g,
                QueryGradient = dq,
                KeyGradient = dk,
                ValueGradient = dv,
            };
            Start(job, shape.Batch * shape.Heads, forward: false);
        }
    }

    private static void Start(in Job job, int tiles, bool forward)
    {
        var shape = job.Shape;
        if (shape.HeadSize == 0) return;
        bool alone = (long)shape.Batch * shape.Heads * shape.Queries * shape.Keys * shape.HeadSize < WorkForTeam;
        var run = forward ? RunForward : RunBackward;
        Workers.Run(alone ? 1 : tiles, (job, run, tiles, alone), RunTiles, forward ? ForwardScratch(shape) : BackwardScratch(shape));
    }

    private static readonly Action<(Job Job, Action<Job, int> Run, int Tiles, bool Alone), int> RunTiles = static (state, tile) =>
    {
        if (!state.Alone) state.Run(state.Job, tile);
        else for (int i = 0; i < state.Tiles; i++) state.Run(state.Job, i);
    };

    private static readonly Action<Job, int> RunForward = static (job, tile) =>
    {
        if (Vector512.IsHardwareAccelerated) ForwardTile<Vector512<float>, Lanes512>(job, tile);
        else if (Vector256.IsHardwareAccelerated) ForwardTile<Vector256<float>, Lanes256>(job, tile);
        else if (Vector128.IsHardwareAccelerated) ForwardTile<Vector128<float>, Lanes128>(job, tile);
        else ForwardTile<float, ScalarLanes>(job, tile);
    };

    private static readonly Action<Job, int> RunBackward = static (job, tile) =>
    {
        if (Vector512.IsHardwareAccelerated) BackwardTile<Vector512<float>, Lanes512>(job, tile);
        else if (Vector256.IsHardwareAccelerated) BackwardTile<Vector256<float>, Lanes256>(job, tile);
        else if (Vector128.IsHardwareAccelerated) BackwardTile<Vector128<float>, Lanes128>(job, tile);
        else BackwardTile<float, ScalarLanes>(job, tile);
    };

    /// <summary>The size of a head's rows in scratch memory: whole vectors of every width.</summary>
    private static int Padded(int headSize) => (headSize + 15) & ~15;

    private static void CheckLengths(in AttentionShape shape, ReadOnlySpan<int> lengths)
    {
        if (lengths.IsEmpty) return;
        if (lengths.Length != shape.Batch) throw new ArgumentException($"attention over {shape.Batch} sequences needs {shape.Batch} lengths; got {lengths.Length}", nameof(lengths));
        foreach (int length in lengths)
        {
            if (length < 0 || length > shape.Keys) throw new ArgumentException($"a sequence's length must be in 0 ... {shape.Keys}; got {length}", nameof(lengths));
        }
    }

    private static void CheckSpans(in AttentionShape shape, int query, int key, int value, int output)
    {
        Check(query, shape, shape.Query, shape.Queries, nameof(query));
        Check(Math.Min(key, value), shape, shape.Key, shape.Keys, nameof(key));
        Check(output, shape, shape.Output, shape.Queries, nameof(output));
    }

    private static void Check(int length, in AttentionShape shape, HeadStrides strides, int time, string name)
    {
        if (shape.Batch == 0 || shape.Heads == 0 || time == 0) return;
        long needed = (shape.Batch - 1) * (long)strides.Batch + (shape.Heads - 1) * (long)strides.Head + (time - 1) * (long)strides.Time + shape.HeadSize;
        if (length < needed) throw new ArgumentException($"Attention needs {needed} floats of {name}; got {length}.", name);
    }

    private struct Job
    {
        public AttentionShape Shape;
        public AttentionDropout Dropout;
        public int* Lengths;
        public float* Query, Key, Value, Mask, Output, Statistics;
        public float* OutputGradient, QueryGradient, KeyGradient, ValueGradient;

        /// <summary>Tiles that share one head's queries in forward.</summary>
        public readonly int Chunks => (Shape.Queries + QueriesPerTile - 1) / QueriesPerTile;
    }

    /// <summary>One head of one sequence: where its rows lie, and how many keys it has.</summary>
    private readonly struct Head
    {
        public readonly int Number, Keys;
        public readonly float* Query, Key, Value, Mask, Output, Maxima, Inverses, OutputGradient, QueryGradient, KeyGradient, ValueGradient;

        public Head(in Job job, int number)
        {
            var shape = job.Shape;
            int batch = number / shape.Heads, head = number % shape.Heads;
            nint query = batch * shape.Query.Batch + head * shape.Query.Head, key = batch * shape.Key.Batch + head * shape.Key.Head;
            nint output = batch * shape.Output.Batch + head * shape.Output.Head;
            Number = number;
            Keys = job.Lengths == null ? shape.Keys : job.Lengths[batch];
            Query = job.Query + query;
            Key = job.Key + key;
            Value = job.Value + key;
            Output = job.Output + output;
            OutputGradient = job.OutputGradient + output;
            Mask = job.Mask == null ? null : job.Mask + batch * shape.MaskBatch + head * shape.MaskHead;
            Maxima = job.Statistics == null ? null : job.Statistics + (nint)number * 2 * shape.Queries;
            Inverses = Maxima == null ? null : Maxima + shape.Queries;
            QueryGradient = job.QueryGradient == null ? null : job.QueryGradient + query;
            KeyGradient = job.KeyGradient == null ? null : job.KeyGradient + key;
            ValueGradient = job.ValueGradient == null ? null : job.ValueGradient + key;
        }
    }

    /// <summary>Queries that are computed together, in the lanes: how many, from which on, and the keys that any of them sees.</summary>
    private readonly struct Queries(in Job job, in Head head, int first, int last, int lanes)
    {
        public readonly int First = first, Count = Math.Min(lanes, last - first), Lanes = lanes;
        public readonly int Keys = job.Shape.Causal ? Math.Min(head.Keys, first + Math.Min(lanes, last - first)) : head.Keys;
    }

    /// <summary>target [columns, lanes] = factor · source [rows, columns] transposed; 0 in lanes without a row.</summary>
    private static void Turn<TVector, TLanes>(float* source, nint stride, in Queries queries, int columns, float* target, float factor)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        nint length = (nint)columns * queries.Lanes;
        if (queries.Count < queries.Lanes) new Span<float>(target, (int)length).Clear();
        Transposition.Copy(source + queries.First * stride, stride, queries.Count, columns, target, queries.Lanes);
        if (factor == 1) return;
        var scale = TLanes.Broadcast(factor);
        for (nint i = 0; i < length; i += TLanes.Count) TLanes.Store(TLanes.Multiply(TLanes.Load(target + i), scale), target + i);
    }

    /// <summary>Rows of a head copied to rows of whole vectors, 0 behind the end.</summary>
    private static void Pad(float* source, nint stride, int rows, int columns, float* target, int padded)
    {
        for (nint row = 0; row < rows; row++)
        {
            var to = new Span<float>(target + row * padded, padded);
            new ReadOnlySpan<float>(source + row * stride, columns).CopyTo(to);
            to[columns..].Clear();
        }
    }

    private static void Unpad(float* source, int padded, int rows, int columns, float* target, nint stride)
    {
        for (nint row = 0; row < rows; row++) new ReadOnlySpan<float>(source + row * padded, columns).CopyTo(new Span<float>(target + row * stride, columns));
    }

    private static void Clear(float* rows, nint stride, int count, int columns)
    {
        for (nint row = 0; row < count; row++) new Span<float>(rows + row * stride, columns).Clear();
    }
}
