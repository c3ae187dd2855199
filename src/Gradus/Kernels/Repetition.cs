using System.Numerics.Tensors;

namespace Gradus.Kernels;

/// <summary>
/// How a tensor whose axes of more than one element lie side by side broadcasts to a larger one: element i of that is element
/// (i / inner) % period of the tensor. A bias [c] beside [n, c] has inner 1 and period c, a row's mean [n, 1] beside [n, c] has inner c and
/// period n, a channel's gain [c, 1, 1] beside [n, c, h, w] has inner h · w and period c.
/// </summary>
/// <param name="Inner">How often in a row an element repeats.</param>
/// <param name="Period">How many elements there are before the first comes again.</param>
internal readonly record struct Repetition(int Inner, int Period)
{
    private const int ShortestRun = 64; // floats: below it, the calls cost more than the additions

    /// <summary>The repetition that broadcasts one shape to another; null if the axes that are kept do not lie side by side.</summary>
    public static Repetition? Of(Shape from, Shape to)
    {
        int inner = 1, period = 1;
        bool keeps = false, ended = false;
        for (int i = 1; i <= to.Rank; i++)
        {
            if (to[^i] == 1) continue;
            bool repeats = i > from.Rank || from[^i] == 1;
            if (!repeats && ended) return null;
            if (!repeats) period *= to[^i];
            else if (!keeps) inner *= to[^i];
            keeps |= !repeats;
            ended |= repeats && keeps;
        }

        return new Repetition(Math.Max(1, inner), period); // an empty tensor repeats nothing
    }

    /// <summary>Elements <paramref name="start"/> and following of the repeated tensor.</summary>
    public void Expand(ReadOnlySpan<float> x, int start, Span<float> y)
    {
        if (Inner == 1)
        {
            ExpandPeriod(x, start % Period, y);
            return;
        }

        for (int i = 0; i < y.Length;)
        {
            int run = Run(start + i, y.Length - i);
            y.Slice(i, run).Fill(x[(start + i) / Inner % Period]);
            i += run;
        }
    }

    /// <summary>Floats of the partial sums of a tile.</summary>
    /// <param name="tile">Elements of the tile.</param>
    public int Width(int tile)
    {
        int touched = Inner == 1 ? tile : tile / Inner + 2; // a tile may begin and end inside a run
        if (touched < Period) return touched;
        return Inner == 1 ? Period * ((ShortestRun + Period - 1) / Period) : Period;
    }

    /// <summary>
    /// Adds a piece of the larger tensor's gradient to a tile's partial sums: sum k belongs to the k-th element that the tile meets, those
    /// beyond the width to the first ones again.
    /// </summary>
    /// <param name="gradient">The piece.</param>
    /// <param name="start">Its first element in the larger tensor.</param>
    /// <param name="tileStart">The tile's first element.</param>
    /// <param name="partial">As long as the tile's width.</param>
    public void Accumulate(ReadOnlySpan<float> gradient, int start, int tileStart, Span<float> partial)
    {
        int first = tileStart / Inner;
        for (int i = 0; i < gradient.Length;)
        {
            int slot = ((start + i) / Inner - first) % partial.Length;
            int run = Inner == 1 ? Math.Min(partial.Length - slot, gradient.Length - i) : Run(start + i, gradient.Length - i);
            var piece = gradient.Slice(i, run);
            if (Inner == 1) TensorPrimitives.Add(partial.Slice(slot, run), piece, partial.Slice(slot, run));
            else partial[slot] += Reductions.Sum(piece);
            i += run;
        }
    }

    /// <summary>Adds a tile's partial sums to the tensor's gradient.</summary>
    public void Fold(ReadOnlySpan<float> partial, int tileStart, Span<float> gradient)
    {
        int first = tileStart / Inner;
        for (int k = 0; k < partial.Length;)
        {
            int element = (first + k) % Period;
            int run = Math.Min(Period - element, partial.Length - k);
            TensorPrimitives.Add(gradient.Slice(element, run), partial.Slice(k, run), gradient.Slice(element, run));
            k += run;
        }
    }

    // How many elements from here on are the same.
    private int Run(int position, int most) => Math.Min(Inner - position % Inner, most);

    // One period, begun in its middle, and then copies of all that is there.
    private void ExpandPeriod(ReadOnlySpan<float> x, int phase, Span<float> y)
    {
        int filled = Math.Min(Period - phase, y.Length);
        x.Slice(phase, filled).CopyTo(y);
        int rest = Math.Min(phase, y.Length - filled);
        x[..rest].CopyTo(y[filled..]);
        for (filled += rest; filled < y.Length; filled *= 2)
            y[..Math.Min(filled, y.Length - filled)].CopyTo(y[filled..]);
    }
}
