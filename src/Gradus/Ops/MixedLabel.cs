namespace Gradus.Ops;

/// <summary>A label of two classes, each with a share, as three whole numbers: class, other class, the first one's share in 2^-24.</summary>
/// <remarks>Whole numbers, because labels are; a float's fraction has 24 bits, so that no share is rounded.</remarks>
public static class MixedLabel
{
    /// <summary>Numbers in one label.</summary>
    public const int Length = 3;

    internal const int Whole = 1 << 24;

    /// <summary>Writes one label.</summary>
    /// <param name="labels">[batch, 3].</param>
    /// <param name="row">Which label.</param>
    /// <param name="first">The one class.</param>
    /// <param name="second">The other class; it may be the same.</param>
    /// <param name="share">The first one's share, 0 to 1.</param>
    public static void Write(Span<int> labels, int row, int first, int second, float share) =>
        (labels[Length * row], labels[Length * row + 1], labels[Length * row + 2]) = (first, second, (int)MathF.Round(share * Whole));

    /// <summary>Reads one label.</summary>
    /// <param name="labels">[batch, 3].</param>
    /// <param name="row">Which label.</param>
    public static (int First, int Second, float Share) Read(ReadOnlySpan<int> labels, int row) =>
        (labels[Length * row], labels[Length * row + 1], labels[Length * row + 2] / (float)Whole);
}
