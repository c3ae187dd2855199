namespace Gradus.Kernels;

/// <content>The scores of one block: products of keys and queries, and what hides some of them.</content>
internal static unsafe partial class FlashAttention
{
    /// <summary>scores [count, lanes] = keys · queries, plus the mask; -infinity where a query does not see a key.</summary>
    /// <param name="job">The whole.</param>
    /// <param name="head">The head.</param>
    /// <param name="queries">The block's queries.</param>
    /// <param name="first">The block's first key.</param>
    /// <param name="count">How many keys it has.</param>
    /// <param name="turned">The scaled queries, [head size, lanes].</param>
    /// <param name="scores">[count, lanes].</param>
    /// <param name="turnedMask">Working memory of the same size.</param>
    private static void Score<TVector, TLanes>(in Job job, in Head head, in Queries queries, int first, int count, float* turned, float* scores, float* turnedMask)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        nint stride = job.Shape.Key.Time;
        Multiply<TVector, TLanes>(head.Key + first * stride, stride, 1, count, turned, queries.Lanes, job.Shape.HeadSize, scores, queries.Lanes, queries.Lanes, accumulate: false);
        if (head.Mask != null) AddMask<TVector, TLanes>(head.Mask, job.Shape.Keys, queries, first, count, scores, turnedMask);
        if (job.Shape.Causal && first + count - 1 > queries.First) HideFuture<TVector, TLanes>(queries, first, count, scores);
    }

    private static void AddMask<TVector, TLanes>(float* mask, nint keys, in Queries queries, int first, int count, float* scores, float* turned)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        Turn<TVector, TLanes>(mask + first, keys, queries, count, turned, factor: 1);
        for (nint i = 0; i < (nint)count * queries.Lanes; i += TLanes.Count) TLanes.Store(TLanes.Add(TLanes.Load(scores + i), TLanes.Load(turned + i)), scores + i);
    }

    // Lane l holds query First + l: it does not see key j if l < j - First.
    private static void HideFuture<TVector, TLanes>(in Queries queries, int first, int count, float* scores)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        float* numbers = stackalloc float[Widest];
        for (int i = 0; i < queries.Lanes; i++) numbers[i] = i;
        var hidden = TLanes.Broadcast(float.NegativeInfinity);
        for (int key = Math.Max(0, queries.First + 1 - first); key < count; key++)
        {
            var distance = TLanes.Broadcast(first + key - queries.First);
            float* row = scores + (nint)key * queries.Lanes;
            for (int i = 0; i < queries.Lanes; i += TLanes.Count) TLanes.Store(TLanes.SelectLess(TLanes.Load(numbers + i), distance, hidden, TLanes.Load(row + i)), row + i);
        }
    }

    /// <summary>factors [4, lanes]: 0 where the weight of one of four keys from <paramref name="key"/> on (a multiple of 4) is dropped, 1 / (1 - rate) elsewhere.</summary>
    private static void Drop(in Job job, in Head head, in Queries queries, int key, float* factors)
    {
        int blocks = (job.Shape.Keys + 3) / 4;
        uint block = (uint)(queries.First * blocks + key / 4);
        DropoutFactors.Fill(job.Dropout.Generator, job.Dropout.Stream, (uint)head.Number, block, (uint)blocks, job.Dropout.Rate, factors, queries.Lanes);
    }
}
