using System.Runtime.CompilerServices;

namespace Gradus.Kernels;

/// <content>Forward: blocks of keys, one after the other, under running maxima and sums.</content>
internal static unsafe partial class FlashAttention
{
    private static int ForwardScratch(in AttentionShape shape)
    {
        int padded = Padded(shape.HeadSize);
        return Widest * (shape.HeadSize + padded + 2 * KeyBlock) + (padded == shape.HeadSize ? 0 : padded * shape.Keys);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ForwardTile<TVector, TLanes>(Job job, int tile)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        var head = new Head(job, tile / job.Chunks);
        int begin = tile % job.Chunks * QueriesPerTile, end = Math.Min(begin + QueriesPerTile, job.Shape.Queries), padded = Padded(job.Shape.HeadSize);
        float* scratch = Workers.Scratch, value = head.Value;
        nint stride = job.Shape.Key.Time;
        if (padded != job.Shape.HeadSize)
        {
            value = scratch + Widest * (job.Shape.HeadSize + padded + 2 * KeyBlock);
            Pad(head.Value, stride, head.Keys, job.Shape.HeadSize, value, padded);
            stride = padded;
        }

        for (int first = begin; first < end; first += 2 * TLanes.Count)
        {
            int lanes = end - first > TLanes.Count ? 2 * TLanes.Count : TLanes.Count;
            var queries = new Queries(job, head, first, end, lanes);
            ForwardBlock<TVector, TLanes>(job, head, queries, value, stride, scratch);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ForwardBlock<TVector, TLanes>(in Job job, in Head head, in Queries queries, float* value, nint stride, float* scratch)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        int lanes = queries.Lanes, padded = Padded(job.Shape.HeadSize);
        float* turned = scratch, weights = turned + Widest * job.Shape.HeadSize, mask = weights + Widest * KeyBlock, sums = mask + Widest * KeyBlock;
        float* maxima = stackalloc float[3 * Widest], totals = maxima + Widest, factors = totals + Widest;
        new Span<float>(maxima, Widest).Fill(float.MinValue); // not -infinity, whose difference to itself is no number
        new Span<float>(totals, Widest).Clear();
        Turn<TVector, TLanes>(head.Query, job.Shape.Query.Time, queries, job.Shape.HeadSize, turned, job.Shape.Scale);
        for (int first = 0; first < queries.Keys; first += KeyBlock)
        {
            int count = Math.Min(KeyBlock, queries.Keys - first);
            Score<TVector, TLanes>(job, head, queries, first, count, turned, weights, mask);
            for (int i = 0; i < lanes; i += TLanes.Count) Exponentiate<TVector, TLanes>(weights + i, lanes, count, maxima + i, totals + i, factors + i);
            if (job.Dropout.Rate > 0) DropWeights<TVector, TLanes>(job, head, queries, first, count, weights);
            if (first > 0) Rescale<TVector, TLanes>(sums, padded, queries.Count, factors);
            Multiply<TVector, TLanes>(weights, 1, lanes, queries.Count, value + first * stride, stride, count, sums, padded, padded, accumulate: first > 0);
        }

        for (int i = 0; i < queries.Count; i++) factors[i] = queries.Keys == 0 || totals[i] == 0 ? 0 : 1 / totals[i];
        WriteOutput<TVector, TLanes>(job, head, queries, sums, padded, factors);
        if (head.Maxima == null) return;
        new ReadOnlySpan<float>(maxima, queries.Count).CopyTo(new Span<float>(head.Maxima + queries.First, queries.Count));
        new ReadOnlySpan<float>(factors, queries.Count).CopyTo(new Span<float>(head.Inverses + queries.First, queries.Count));
    }

    /// <summary>One vector of queries: scores become e^(score - maximum), and maximum, total and the factor of what was summed before follow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Exponentiate<TVector, TLanes>(float* scores, nint lanes, int count, float* maximum, float* total, float* factor)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        TVector before = TLanes.Load(maximum), largest = before;
        float* end = scores + count * lanes;
        for (float* score = scores; score < end; score += lanes) largest = TLanes.AtLeast(largest, TLanes.Load(score));
        var lowered = TLanes.Multiply(largest, TLanes.Broadcast(-1));
        var shrink = VectorMath.Exp<TVector, TLanes>(TLanes.Add(before, lowered));
        var sum = TLanes.Multiply(TLanes.Load(total), shrink);
        for (float* score = scores; score < end; score += lanes)
        {
            var power = VectorMath.Exp<TVector, TLanes>(TLanes.Add(TLanes.Load(score), lowered));
            sum = TLanes.Add(sum, power);
            TLanes.Store(power, score);
        }

        TLanes.Store(largest, maximum);
        TLanes.Store(sum, total);
        TLanes.Store(shrink, factor);
    }

    private static void DropWeights<TVector, TLanes>(in Job job, in Head head, in Queries queries, int first, int count, float* weights)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        float* factors = stackalloc float[4 * Widest];
        for (int key = 0; key < count; key += 4)
        {
            Drop(job, head, queries, first + key, factors);
            nint length = Math.Min(4, count - key) * queries.Lanes;
            float* rows = weights + (nint)key * queries.Lanes;
            for (nint i = 0; i < length; i += TLanes.Count) TLanes.Store(TLanes.Multiply(TLanes.Load(rows + i), TLanes.Load(factors + i)), rows + i);
        }
    }

    private static void Rescale<TVector, TLanes>(float* sums, nint padded, int rows, float* factors)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        for (int row = 0; row < rows; row++, sums += padded)
        {
            var factor = TLanes.Broadcast(factors[row]);
            for (nint i = 0; i < padded; i += TLanes.Count) TLanes.Store(TLanes.Multiply(TLanes.Load(sums + i), factor), sums + i);
        }
    }

    private static void WriteOutput<TVector, TLanes>(in Job job, in Head head, in Queries queries, float* sums, int padded, float* factors)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        nint stride = job.Shape.Output.Time;
        float* output = head.Output + queries.First * stride;
        if (queries.Keys == 0)
        {
            Clear(output, stride, queries.Count, job.Shape.HeadSize);
            return;
        }

        Rescale<TVector, TLanes>(sums, padded, queries.Count, factors);
        Unpad(sums, padded, queries.Count, job.Shape.HeadSize, output, stride);
    }
}
