using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gradus.Kernels;

/// <summary>
/// Sums over all tag sequences y of a linear chain, each with the score start[y₀] + Σ emission[t, yₜ] + Σ transition[yₜ₋₁, yₜ] +
/// end[y at the last step]: the forward and the backward recursion, in logarithms.
/// </summary>
/// <remarks>
/// Rabiner 1989, "A tutorial on hidden Markov models and selected applications in speech recognition", equations 19 to 27 and 37. A step
/// log Σᵢ e^(α[i] + transition[i, j]) is c[j] + log Σᵢ e^α[i] · M[i, j] with M = e^(transition - c), made once, where c[j] is the
/// greatest in its column: one product with a matrix in place of tags² exponentials. A sum that comes out below <see cref="Doubtful"/> may
/// have lost terms (scores lie further apart than floats reach) and is taken again over the logarithms themselves. Rows of numbers by tag
/// are padded to <see cref="Width"/>; each row is kept with its maximum at 0, so that long sequences lose no digits.
/// </remarks>
internal static unsafe partial class LinearChain
{
    private const int Widest = 16;         // lanes
    private const float Nothing = -1e30f;  // the logarithm of 0 that can still be added to
    private const float Doubtful = 1e-20f; // terms below 1e-8 of a sum above it are still normal floats

    /// <summary>Floats in a row with one number for each tag.</summary>
    public static int Width(int tags) => (tags + Widest - 1) / Widest * Widest;

    /// <summary>Floats that <see cref="Prepare"/> fills: M and its transpose, c, start and end.</summary>
    public static int PreparedLength(int tags) => (2 * tags + 3) * Width(tags);

    /// <summary>Floats that one sequence needs while it is computed, in either direction.</summary>
    public static int WorkingLength(int tags) => 6 * Width(tags);

    /// <summary>Floats of one sum of gradients: pairs of tags by products, pairs by themselves, start, end.</summary>
    public static int PartialLength(int tags) => (2 * tags + 2) * Width(tags);

    /// <summary>Fills what all sequences share.</summary>
    public static void Prepare(ReadOnlySpan<float> transitions, ReadOnlySpan<float> start, ReadOnlySpan<float> end, Span<float> prepared)
    {
        int tags = start.Length, width = Width(tags);
        var matrix = prepared[..(tags * width)];
        var transposed = prepared.Slice(tags * width, tags * width);
        var peaks = prepared.Slice(2 * tags * width, width);
        prepared[(2 * tags * width)..].Clear();
        start.CopyTo(prepared[((2 * tags + 1) * width)..]);
        end.CopyTo(prepared[((2 * tags + 2) * width)..]);
        peaks[..tags].Fill(Nothing);
        for (int i = 0; i < tags; i++)
        {
            for (int j = 0; j < tags; j++) peaks[j] = Math.Max(peaks[j], transitions[i * tags + j]);
        }

        for (int i = 0; i < tags; i++)
        {
            var row = matrix.Slice(i * width, width);
            for (int j = 0; j < tags; j++) row[j] = transitions[i * tags + j] - peaks[j];
            VectorMath.Exp(row[..tags], row[..tags]);
            row[tags..].Fill(1); // the sums behind the tags are then never doubtful
        }

        transposed.Fill(1);
        for (int i = 0; i < tags; i++)
        {
            for (int j = 0; j < tags; j++) transposed[j * width + i] = matrix[i * width + j];
        }
    }

    /// <summary>log Σ e^score over all tag sequences; also leaves the rows α of every step in <see cref="Chain.Alphas"/>.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="sequence">Which of the batch.</param>
    /// <param name="length">Its steps, at least 1.</param>
    /// <param name="working"><see cref="WorkingLength"/> floats.</param>
    public static double Forward(in Chain chain, int sequence, int length, float* working)
    {
        if (Vector512.IsHardwareAccelerated) return Forward<Vector512<float>, Lanes512>(chain, sequence, length, working);
        if (Vector256.IsHardwareAccelerated) return Forward<Vector256<float>, Lanes256>(chain, sequence, length, working);
        if (Vector128.IsHardwareAccelerated) return Forward<Vector128<float>, Lanes128>(chain, sequence, length, working);
        return Forward<float, ScalarLanes>(chain, sequence, length, working);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Forward<TVector, TLanes>(in Chain chain, int sequence, int length, float* working)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        nint tags = chain.Tags, width = chain.Width;
        float* emission = working, powers = emission + width, alpha = chain.Alphas + (nint)sequence * chain.Time * width;
        ReadEmissions(chain, sequence, 0, emission);
        for (nint j = 0; j < tags; j += TLanes.Count) TLanes.Store(TLanes.Add(TLanes.Load(emission + j), TLanes.Load(chain.Start + j)), alpha + j);
        double shift = Normalize<TVector, TLanes>(alpha, tags, powers);
        for (int t = 1; t < length; t++)
        {
            float* next = alpha + width;
            ReadEmissions(chain, sequence, t, emission);
            for (nint j = 0; j < tags; j += TLanes.Count)
            {
                var sum = Product<TVector, TLanes>(powers, chain.Matrix + j, tags, width);
                TLanes.Store(TLanes.Add(VectorMath.Log<TVector, TLanes>(sum), TLanes.Load(chain.Peaks + j)), next + j);
                if (IsDoubtful<TVector, TLanes>(sum)) LogSums(alpha, chain.Transitions + j, tags, tags, 1, Math.Min(TLanes.Count, tags - j), next + j);
                TLanes.Store(TLanes.Add(TLanes.Load(next + j), TLanes.Load(emission + j)), next + j);
            }

            shift += Normalize<TVector, TLanes>(next, tags, powers);
            alpha = next;
        }

        float* last = working + 2 * width;
        for (nint j = 0; j < tags; j += TLanes.Count) TLanes.Store(TLanes.Add(TLanes.Load(alpha + j), TLanes.Load(chain.End + j)), last + j);
        shift += Normalize<TVector, TLanes>(last, tags, powers);
        double total = 0;
        for (nint j = 0; j < tags; j++) total += powers[j];
        return shift + Math.Log(total);
    }

    /// <summary>Lowers a row so that its maximum is 0, and gives that maximum and e to the lowered row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Normalize<TVector, TLanes>(float* row, nint tags, float* powers)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        var largest = TLanes.Load(row);
        for (nint j = TLanes.Count; j < tags; j += TLanes.Count) largest = TLanes.AtLeast(largest, TLanes.Load(row + j));
        float maximum = TLanes.Largest(largest);
        var lowered = TLanes.Broadcast(-maximum);
        for (nint j = 0; j < tags; j += TLanes.Count)
        {
            var value = TLanes.Add(TLanes.Load(row + j), lowered);
            TLanes.Store(value, row + j);
            TLanes.Store(VectorMath.Exp<TVector, TLanes>(value), powers + j);
        }

        return maximum;
    }

    /// <summary>Σ factor[row] · matrix[row], one vector wide; four sums hide the latency of one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Product<TVector, TLanes>(float* factors, float* matrix, nint rows, nint stride)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        TVector sum0 = TLanes.Broadcast(0), sum1 = sum0, sum2 = sum0, sum3 = sum0;
        nint row = 0;
        for (; row <= rows - 4; row += 4, matrix += 4 * stride)
        {
            sum0 = TLanes.MultiplyAdd(TLanes.Broadcast(factors[row]), TLanes.Load(matrix), sum0);
            sum1 = TLanes.MultiplyAdd(TLanes.Broadcast(factors[row + 1]), TLanes.Load(matrix + stride), sum1);
            sum2 = TLanes.MultiplyAdd(TLanes.Broadcast(factors[row + 2]), TLanes.Load(matrix + 2 * stride), sum2);
            sum3 = TLanes.MultiplyAdd(TLanes.Broadcast(factors[row + 3]), TLanes.Load(matrix + 3 * stride), sum3);
        }

        for (; row < rows; row++, matrix += stride) sum0 = TLanes.MultiplyAdd(TLanes.Broadcast(factors[row]), TLanes.Load(matrix), sum0);
        return TLanes.Add(TLanes.Add(sum0, sum1), TLanes.Add(sum2, sum3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsDoubtful<TVector, TLanes>(TVector sum)
        where TVector : struct
        where TLanes : ILanes<TVector> => -TLanes.Largest(TLanes.Multiply(sum, TLanes.Broadcast(-1))) < Doubtful;

    /// <summary>result[k] = log Σᵢ e^(x[i] + scores[i · stride + k · step]), whatever the distance between the terms.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LogSums(float* x, float* scores, nint tags, nint stride, nint step, nint count, float* result)
    {
        for (nint k = 0; k < count; k++) result[k] = LogSum(x, scores + k * step, tags, stride);
    }

    private static float LogSum(float* x, float* scores, nint tags, nint stride)
    {
        float largest = Nothing;
        for (nint i = 0; i < tags; i++) largest = Math.Max(largest, x[i] + scores[i * stride]);
        float sum = 0;
        for (nint i = 0; i < tags; i++) sum += MathF.Exp(x[i] + scores[i * stride] - largest);
        return sum == 0 ? Nothing : largest + MathF.Log(sum);
    }

    private static void ReadEmissions(in Chain chain, int sequence, int t, float* row)
    {
        int tags = chain.Tags;
        new ReadOnlySpan<float>(chain.Emissions + ((nint)sequence * chain.Time + t) * tags, tags).CopyTo(new Span<float>(row, tags));
        new Span<float>(row + tags, (int)chain.Width - tags).Fill(Nothing);
    }

    /// <summary>Where a batch of chains lies.</summary>
    /// <param name="emissions">[batch, time, tags].</param>
    /// <param name="transitions">[tags, tags], from the row's tag to the column's.</param>
    /// <param name="prepared">What <see cref="Prepare"/> has filled.</param>
    /// <param name="alphas">[batch, time, width].</param>
    /// <param name="time">Steps of the longest sequence.</param>
    /// <param name="tags">At least 1.</param>
    public readonly struct Chain(float* emissions, float* transitions, float* prepared, float* alphas, int time, int tags)
    {
        public readonly float* Emissions = emissions, Transitions = transitions, Alphas = alphas, Matrix = prepared;
        public readonly int Time = time, Tags = tags;
        public readonly nint Width = LinearChain.Width(tags);

        public float* Transposed => Matrix + Tags * Width;

        public float* Peaks => Matrix + 2 * Tags * Width;

        public float* Start => Peaks + Width;

        public float* End => Start + Width;
    }
}
