using CsCheck;
using Gradus.Kernels;

namespace Gradus.Tests.Kernels;

/// <summary>Piecewise broadcasting against its definition, index by index.</summary>
public class RepetitionTests
{
    private const int Tile = 100;

    private static readonly Gen<int[]> Sizes = Gen.OneOf(Gen.Const(1), Gen.Int[2, 20]).Array[1, 4];

    [Fact]
    public void Elements_repeat_as_broadcasting_says() => Gen.Select(Sizes, Gen.Bool.Array[4], Gen.Int[0, 3]).Sample((sizes, ones, dropped) =>
    {
        var to = Shape.Of(sizes);
        var from = Shape.Of([.. sizes.Select((size, axis) => ones[axis] ? 1 : size).Skip(Math.Min(dropped, sizes.Length))]);
        int[] source = Sources(from, to);
        if (Repetition.Of(from, to) is not { } repetition) Assert.True(Gaps(from, to), $"{from} in {to}");
        else for (int i = 0; i < to.Count; i++) Assert.Equal(source[i], i / repetition.Inner % repetition.Period);
    });

    [Fact]
    public void Pieces_expand_and_sum_up_as_a_whole_does() => Gen.Select(Gen.Int[1, 40], Gen.Int[1, 250], Gen.Int[1, 9], Gen.Int[1, 33]).Sample((inner, period, times, length) =>
    {
        var repetition = new Repetition(inner, period);
        int count = inner * period * times;
        float[] x = [.. Enumerable.Range(0, period).Select(i => (float)i)], expanded = new float[count], gradient = new float[period];
        float[] ones = [.. Enumerable.Range(0, count).Select(i => (float)(i % 4))]; // small whole numbers: sums are exact in any order
        for (int tile = 0; tile < count; tile += Tile)
        {
            float[] partial = new float[repetition.Width(Tile)];
            int end = Math.Min(count, tile + Tile);
            for (int start = tile; start < end; start += length)
            {
                int piece = Math.Min(length, end - start);
                repetition.Expand(x, start, expanded.AsSpan(start, piece));
                repetition.Accumulate(ones.AsSpan(start, piece), start, tile, partial);
            }

            repetition.Fold(partial, tile, gradient);
        }

        for (int i = 0; i < count; i++) Assert.Equal(i / inner % period, expanded[i]);
        float[] sums = new float[period];
        for (int i = 0; i < count; i++) sums[i / inner % period] += ones[i];
        Assert.Equal(sums, gradient);
    });

    [Fact]
    public void Nothing_repeats_over_an_empty_tensor()
    {
        Assert.Equal(0, Repetition.Of([0, 1], [0, 3])!.Value.Width(Tile));
        Assert.True(Repetition.Of([1], [0, 3])!.Value.Width(Tile) > 0);
    }

    /// <summary>The element of <paramref name="from"/> that each element of <paramref name="to"/> is a copy of.</summary>
    internal static int[] Sources(Shape from, Shape to)
    {
        int[] sources = new int[to.Count];
        for (int i = 0; i < to.Count; i++)
        {
            int rest = i, stride = 1;
            for (int axis = 1; axis <= to.Rank; axis++)
            {
                int position = rest % to[^axis];
                rest /= to[^axis];
                if (axis > from.Rank || from[^axis] == 1) continue;
                sources[i] += position * stride;
                stride *= from[^axis];
            }
        }

        return sources;
    }

    // Among the axes of more than one element, a kept one, a repeated one, a kept one.
    private static bool Gaps(Shape from, Shape to)
    {
        bool[] kept = [.. Enumerable.Range(0, to.Rank).Where(axis => to[axis] > 1).Select(axis => axis - (to.Rank - from.Rank) is >= 0 and var own && from[own] > 1)];
        int first = Array.IndexOf(kept, true), last = Array.LastIndexOf(kept, true);
        return first >= 0 && kept.AsSpan(first..last).Contains(false);
    }
}
