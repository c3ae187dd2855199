namespace Gradus.Data;

/// <summary>Some samples of another set, in the order given; nothing is copied.</summary>
/// <param name="source">The set to choose from.</param>
/// <param name="indices">Which of its samples; at least one; an index may come more than once.</param>
/// <param name="note">Replaces the source's note.</param>
public sealed class Subset(Dataset source, int[] indices, string? note = null) : Dataset
{
    private readonly int[] _indices = Checked(source, indices);

    /// <inheritdoc/>
    public override string Name => source.Name;

    /// <inheritdoc/>
    public override int Count => _indices.Length;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ClassNames => source.ClassNames;

    /// <inheritdoc/>
    public override int Channels => source.Channels;

    /// <inheritdoc/>
    public override int Height => source.Height;

    /// <inheritdoc/>
    public override int Width => source.Width;

    /// <inheritdoc/>
    public override bool HasPictures => source.HasPictures;

    /// <inheritdoc/>
    public override string Note { get; } = note ?? source.Note;

    /// <summary>The chosen samples' places in the source.</summary>
    public ReadOnlySpan<int> Indices => _indices;

    /// <inheritdoc/>
    public override void Read(int index, Span<float> destination) => source.Read(At(index), destination);

    /// <inheritdoc/>
    public override int Label(int index) => source.Label(At(index));

    private int At(int index) => (uint)index < (uint)_indices.Length
        ? _indices[index]
        : throw new ArgumentOutOfRangeException(nameof(index), index, $"This part of {Name} has samples 0 ... {Count - 1}.");

    private static int[] Checked(Dataset source, int[] indices)
    {
        if (indices.Length == 0) throw new ArgumentException($"A subset of {source.Name} needs at least one sample.", nameof(indices));
        foreach (int index in indices)
        {
            if ((uint)index >= (uint)source.Count)
                throw new ArgumentOutOfRangeException(nameof(indices), index, $"{source.Name} has samples 0 ... {source.Count - 1}.");
        }

        return indices;
    }
}
