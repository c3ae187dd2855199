using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gradus.Kernels;

/// <content>
/// The backward recursion and with it the gradient of log Σ e^score: the probability of each tag at each step, and of each pair of
/// neighbours, less what stands in the given tags.
/// </content>
internal static unsafe partial class LinearChain
{
    /// <summary>Writes the gradient with respect to one sequence's emissions and adds the others to a partial sum.</summary>
    /// <param name="chain">The chain, with the rows that <see cref="Forward(in Chain, int, int, float*)"/> has left.</param>
    /// <param name="sequence">Which of the batch.</param>
    /// <param name="length">Its steps, at least 1.</param>
    /// <param name="given">[length]: the tags whose score is subtracted; null for none.</param>
    /// <param name="scale">The factor of all gradients.</param>
    /// <param name="gradient">[length, tags]; null if not wanted.</param>
    /// <param name="partial"><see cref="PartialLength"/> floats.</param>
    /// <param name="working"><see cref="WorkingLength"/> floats.</param>
    public static void Backward(in Chain chain, int sequence, int length, int* given, float scale, float* gradient, float* partial, float* working)
    {
        var job = new Job { Chain = chain, Sequence = sequence, Length = length, Given = given, Scale = scale, Gradient = gradient, Pairs = partial, Working = working };
        if (Vector512.IsHardwareAccelerated) Backward<Vector512<float>, Lanes512>(job);
        else if (Vector256.IsHardwareAccelerated) Backward<Vector256<float>, Lanes256>(job);
        else if (Vector128.IsHardwareAccelerated) Backward<Vector128<float>, Lanes128>(job);
        else Backward<float, ScalarLanes>(job);
    }

    /// <summary>Adds up the partial sums in their order: the gradients with respect to transitions, start and end.</summary>
    public static void Sum(ReadOnlySpan<float> partials, ReadOnlySpan<float> prepared, int tags, Span<float> transitions, Span<float> start, Span<float> end)
    {
        int width = Width(tags), each = PartialLength(tags);
        transitions.Clear();
        start.Clear();
        end.Clear();
        for (; !partials.IsEmpty; partials = partials[each..])
        {
            ReadOnlySpan<float> direct = partials[(tags * width)..], ends = partials[(2 * tags * width)..];
            for (int i = 0; i < tags && !transitions.IsEmpty; i++)
            {
                for (int j = 0; j < tags; j++) transitions[i * tags + j] += partials[i * width + j] * prepared[i * width + j] + direct[i * width + j];
            }

            for (int j = 0; j < start.Length; j++) start[j] += ends[j];
            for (int j = 0; j < end.Length; j++) end[j] += ends[width + j];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Backward<TVector, TLanes>(in Job job)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        nint tags = job.Chain.Tags, width = job.Chain.Width;
        float* alpha = job.Chain.Alphas + ((nint)job.Sequence * job.Chain.Time + job.Length - 1) * width, probabilities = job.Probabilities;
        new ReadOnlySpan<float>(job.Chain.End, (int)width).CopyTo(new Span<float>(job.Beta, (int)width));
        for (int t = job.Length - 1; ; t--, alpha -= width)
        {
            Probabilities<TVector, TLanes>(job, alpha);
            if (job.Given != null) probabilities[job.Given[t]] -= job.Scale;
            if (job.Gradient != null) new ReadOnlySpan<float>(probabilities, (int)tags).CopyTo(new Span<float>(job.Gradient + t * tags, (int)tags));
            if (t == job.Length - 1) Add(probabilities, job.End, tags);
            if (t == 0) break;
            StepBack<TVector, TLanes>(job, t, alpha - width);
            if (job.Given != null) job.Direct[job.Given[t - 1] * width + job.Given[t]] -= job.Scale;
        }

        Add(probabilities, job.Start, tags);
    }

    /// <summary>scale · e^(α + β) / Σ e^(α + β): every step's sum is the same number, so that each can be divided by its own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Probabilities<TVector, TLanes>(in Job job, float* alpha)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        nint tags = job.Chain.Tags;
        float* row = job.Probabilities;
        for (nint j = 0; j < tags; j += TLanes.Count) TLanes.Store(TLanes.Add(TLanes.Load(alpha + j), TLanes.Load(job.Beta + j)), row + j);
        Normalize<TVector, TLanes>(row, tags, row);
        var sum = TLanes.Broadcast(0);
        for (nint j = 0; j < tags; j += TLanes.Count) sum = TLanes.Add(sum, TLanes.Load(row + j));
        var factor = TLanes.Broadcast(job.Scale / TLanes.Sum(sum));
        for (nint j = 0; j < tags; j += TLanes.Count) TLanes.Store(TLanes.Multiply(TLanes.Load(row + j), factor), row + j);
    }

    /// <summary>
    /// β of the step before t, and the probabilities of the pairs that meet between the two: with a = e^α and b = e^(emission + c + β),
    /// those are a[i] · M[i, j] · b[j] over their sum, and M is multiplied in only when all steps are added up.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StepBack<TVector, TLanes>(in Job job, int t, float* before)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        nint tags = job.Chain.Tags, width = job.Chain.Width;
        float* after = job.After, powers = job.Powers, lowered = job.Lowered, beta = job.Beta;
        ReadEmissions(job.Chain, job.Sequence, t, after);
        for (nint j = 0; j < tags; j += TLanes.Count)
        {
            var value = TLanes.Add(TLanes.Load(after + j), TLanes.Load(beta + j));
            TLanes.Store(value, after + j);
            TLanes.Store(TLanes.Add(value, TLanes.Load(job.Chain.Peaks + j)), lowered + j);
        }

        float maximum = Normalize<TVector, TLanes>(lowered, tags, powers);
        var total = TLanes.Broadcast(0);
        for (nint i = 0; i < tags; i += TLanes.Count)
        {
            var sum = Product<TVector, TLanes>(powers, job.Chain.Transposed + i, tags, width);
            var power = VectorMath.Exp<TVector, TLanes>(TLanes.Load(before + i));
            TLanes.Store(power, lowered + i); // a
            total = TLanes.MultiplyAdd(power, sum, total);
            TLanes.Store(TLanes.Add(VectorMath.Log<TVector, TLanes>(sum), TLanes.Broadcast(maximum)), beta + i);
            if (IsDoubtful<TVector, TLanes>(sum)) LogSums(after, job.Chain.Transitions + i * tags, tags, 1, tags, Math.Min(TLanes.Count, tags - i), beta + i);
        }

        float whole = TLanes.Sum(total);
        if (whole < Doubtful) AddDistantPairs(job, before);
        else AddPairs<TVector, TLanes>(job, job.Scale / whole);
        Normalize<TVector, TLanes>(beta, tags, powers);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddPairs<TVector, TLanes>(in Job job, float factor)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        nint tags = job.Chain.Tags, width = job.Chain.Width;
        for (nint i = 0; i < tags; i++)
        {
            var power = TLanes.Broadcast(job.Lowered[i] * factor);
            float* row = job.Pairs + i * width;
            for (nint j = 0; j < tags; j += TLanes.Count) TLanes.Store(TLanes.MultiplyAdd(power, TLanes.Load(job.Powers + j), TLanes.Load(row + j)), row + j);
        }
    }

    /// <summary>The same from logarithms, where the products fall below what a float can hold.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddDistantPairs(in Job job, float* before)
    {
        nint tags = job.Chain.Tags, width = job.Chain.Width;
        float largest = Nothing, sum = 0;
        for (nint i = 0; i < tags; i++)
        {
            for (nint j = 0; j < tags; j++) largest = Math.Max(largest, before[i] + job.Chain.Transitions[i * tags + j] + job.After[j]);
        }

        for (nint i = 0; i < tags; i++)
        {
            for (nint j = 0; j < tags; j++) sum += MathF.Exp(before[i] + job.Chain.Transitions[i * tags + j] + job.After[j] - largest);
        }

        for (nint i = 0; i < tags; i++)
        {
            for (nint j = 0; j < tags; j++) job.Direct[i * width + j] += job.Scale / sum * MathF.Exp(before[i] + job.Chain.Transitions[i * tags + j] + job.After[j] - largest);
        }
    }

    private static void Add(float* row, float* sum, nint count)
    {
        for (nint j = 0; j < count; j++) sum[j] += row[j];
    }

    private struct Job
    {
        public Chain Chain;
        public int Sequence, Length;
        public int* Given;
        public float Scale;
        public float* Gradient, Pairs, Working;

        public readonly float* Direct => Pairs + Chain.Tags * Chain.Width;

        public readonly float* Start => Pairs + 2 * Chain.Tags * Chain.Width;

        public readonly float* End => Start + Chain.Width;

        public readonly float* Beta => Working;

        public readonly float* Probabilities => Working + Chain.Width;

        public readonly float* After => Working + 2 * Chain.Width;

        public readonly float* Powers => Working + 3 * Chain.Width;

        public readonly float* Lowered => Working + 4 * Chain.Width;
    }
}
