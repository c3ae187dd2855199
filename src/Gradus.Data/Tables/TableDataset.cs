namespace Gradus.Data;

/// <summary>Rows of numbers, each with a class: the columns are the channels of a sample [columns, 1, 1], so that each is normalised by itself.</summary>
public sealed class TableDataset : Dataset
{
    private readonly float[] _features;
    private readonly int[] _labels;

    /// <summary>Keeps the arrays as they are, without a copy.</summary>
    /// <param name="name">The name shown to the user.</param>
    /// <param name="columns">The features' names.</param>
    /// <param name="features">[rows, columns], finite.</param>
    /// <param name="labels">[rows], each below the number of classes.</param>
    /// <param name="classNames">The classes' names in the order of the labels.</param>
    /// <param name="note">See <see cref="Dataset.Note"/>.</param>
    /// <exception cref="InvalidDataException">The arrays do not fit together, or a value or label is out of range.</exception>
    public TableDataset(string name, IReadOnlyList<string> columns, float[] features, int[] labels, IReadOnlyList<string> classNames, string note = "")
    {
        if (columns.Count == 0 || labels.Length == 0) throw new InvalidDataException($"{name} has {labels.Length} rows of {columns.Count} features.");
        if (features.LongLength != labels.LongLength * columns.Count)
            throw new InvalidDataException($"{name}: {labels.Length} rows of {columns.Count} features are not {features.Length} values.");
        int wrong = Array.FindIndex(labels, label => (uint)label >= (uint)classNames.Count);
        if (wrong >= 0) throw new InvalidDataException($"{name}: the label of row {wrong} is {labels[wrong]}, but there are {classNames.Count} classes.");
        int infinite = Array.FindIndex(features, value => !float.IsFinite(value));
        if (infinite >= 0)
            throw new InvalidDataException($"{name}: row {infinite / columns.Count} has {features[infinite]} in column '{columns[infinite % columns.Count]}'.");
        (Name, Columns, ClassNames, Note) = (name, columns, classNames, note);
        (_features, _labels) = (features, labels);
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <summary>The features' names.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <inheritdoc/>
    public override int Count => _labels.Length;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ClassNames { get; }

    /// <summary>The number of features.</summary>
    public override int Channels => Columns.Count;

    /// <inheritdoc/>
    public override int Height => 1;

    /// <inheritdoc/>
    public override int Width => 1;

    /// <inheritdoc/>
    public override bool HasPictures => false;

    /// <inheritdoc/>
    public override string Note { get; }

    /// <summary>Writes the features of one row, as they stand in the table.</summary>
    /// <inheritdoc/>
    public override void Read(int index, Span<float> destination)
    {
        Require(index);
        if (destination.Length != Channels)
            throw new ArgumentException($"A row of {Name} has {Channels} values; the destination has {destination.Length}.", nameof(destination));
        _features.AsSpan(index * Channels, Channels).CopyTo(destination);
    }

    /// <inheritdoc/>
    public override int Label(int index)
    {
        Require(index);
        return _labels[index];
    }

    private void Require(int index)
    {
        if ((uint)index >= (uint)Count) throw new ArgumentOutOfRangeException(nameof(index), index, $"{Name} has rows 0 ... {Count - 1}.");
    }
}
