using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gradus.Kernels;

/// <content>The tag sequence of the greatest score.</content>
internal static unsafe partial class LinearChain
{
    /// <summary>Floats that the decoding of one sequence needs: two rows, and at each step where each tag's best way came from.</summary>
    public static int DecodingLength(int time, int tags) => (time + 2) * Width(tags);

    /// <summary>Viterbi's recursion: of several best sequences, that with the smaller tags at the end.</summary>
    /// <remarks>Viterbi 1967, "Error bounds for convolutional codes and an asymptotically optimum decoding algorithm".</remarks>
    /// <param name="emissions">[length, tags].</param>
    /// <param name="transitions">[tags, width], padded.</param>
    /// <param name="start">[tags].</param>
    /// <param name="end">[tags].</param>
    /// <param name="working"><see cref="DecodingLength"/> floats.</param>
    /// <param name="best">[length]: the tags.</param>
    public static void Decode(ReadOnlySpan<float> emissions, ReadOnlySpan<float> transitions, ReadOnlySpan<float> start, ReadOnlySpan<float> end, Span<float> working, Span<int> best)
    {
        fixed (float* e = emissions, t = transitions, w = working)
        {
            if (Vector512.IsHardwareAccelerated) Decode<Vector512<float>, Lanes512>(e, t, start, end, w, best);
            else if (Vector256.IsHardwareAccelerated) Decode<Vector256<float>, Lanes256>(e, t, start, end, w, best);
            else if (Vector128.IsHardwareAccelerated) Decode<Vector128<float>, Lanes128>(e, t, start, end, w, best);
            else Decode<float, ScalarLanes>(e, t, start, end, w, best);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Decode<TVector, TLanes>(float* emissions, float* transitions, ReadOnlySpan<float> start, ReadOnlySpan<float> end, float* working, Span<int> best)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        int tags = start.Length, width = Width(tags);
        float* scores = working, next = working + width, origins = working + 2 * width;
        for (int j = 0; j < tags; j++) scores[j] = start[j] + emissions[j];
        for (int t = 1; t < best.Length; t++)
        {
            float* from = origins + (nint)t * width;
            for (int j = 0; j < tags; j += TLanes.Count)
            {
                TVector greatest = TLanes.Add(TLanes.Broadcast(scores[0]), TLanes.Load(transitions + j)), origin = TLanes.Broadcast(0);
                for (int i = 1; i < tags; i++)
                {
                    var score = TLanes.Add(TLanes.Broadcast(scores[i]), TLanes.Load(transitions + (nint)i * width + j));
                    origin = TLanes.SelectLess(greatest, score, TLanes.Broadcast(i), origin);
                    greatest = TLanes.SelectLess(greatest, score, score, greatest);
                }

                TLanes.Store(greatest, next + j);
                TLanes.Store(origin, from + j);
            }

            for (int j = 0; j < tags; j++) next[j] += emissions[(nint)t * tags + j];
            float* last = scores;
            scores = next;
            next = last;
        }

        int tag = 0;
        for (int j = 1; j < tags; j++)
        {
            if (scores[j] + end[j] > scores[tag] + end[tag]) tag = j;
        }

        for (int t = best.Length - 1; t >= 0; t--)
        {
            best[t] = tag;
            tag = t > 0 ? (int)origins[(nint)t * width + tag] : tag;
        }
    }
}
