namespace Gradus.Data;

/// <summary>A labelled set of pictures (or rows of a table) of one shape, read one sample at a time.</summary>
/// <remarks><see cref="Read"/> and <see cref="Label"/> may be called from several threads at once.</remarks>
public abstract class Dataset
{
    /// <summary>The name shown to the user, such as <c>fashion-mnist</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The number of samples; at least 1.</summary>
    public abstract int Count { get; }

    /// <summary>The classes' names in the order of the labels.</summary>
    public abstract IReadOnlyList<string> ClassNames { get; }

    /// <summary>Values per pixel: 1 for grey, 3 for red, green, blue.</summary>
    public abstract int Channels { get; }

    /// <summary>Rows of a picture.</summary>
    public abstract int Height { get; }

    /// <summary>Columns of a picture.</summary>
    public abstract int Width { get; }

    /// <summary>What a reader of the results must know about this set, such as where its test part comes from; else empty.</summary>
    public virtual string Note => "";

    /// <summary>Whether a sample can be drawn: 1 or 3 channels of pixels, and no row of a table.</summary>
    public virtual bool HasPictures => Channels is 1 or 3;

    /// <summary>The number of classes.</summary>
    public int Classes => ClassNames.Count;

    /// <summary>The shape of one sample: [channels, height, width].</summary>
    public IReadOnlyList<int> SampleShape => [Channels, Height, Width];

    /// <summary>The number of values in one sample: channels x height x width.</summary>
    public int SampleLength => Channels * Height * Width;

    /// <summary>Writes sample <paramref name="index"/>, channels first, each value from 0 to 1.</summary>
    /// <param name="index">0 ... <see cref="Count"/> - 1.</param>
    /// <param name="destination"><see cref="SampleLength"/> values: [channels, height, width].</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sample.</exception>
    /// <exception cref="ArgumentException">The destination is not of the sample's length.</exception>
    public abstract void Read(int index, Span<float> destination);

    /// <summary>The class of sample <paramref name="index"/>: 0 ... <see cref="Classes"/> - 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sample.</exception>
    public abstract int Label(int index);

    /// <summary>How many samples each class has.</summary>
    public int[] CountPerClass()
    {
        var counts = new int[Classes];
        for (int i = 0; i < Count; i++) counts[Label(i)]++;
        return counts;
    }

    /// <summary>
    /// Splits in two so that each class keeps its share: of a class of n, round(n · <paramref name="fraction"/>) samples, chosen by
    /// the seed, go to the first part and the rest to the second. Both parts keep this set's order.
    /// </summary>
    /// <param name="fraction">The first part's share: 0 to 1.</param>
    /// <param name="seed">The same seed gives the same split.</param>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is outside 0 ... 1.</exception>
    /// <exception cref="ArgumentException">One part would be empty.</exception>
    public (Subset First, Subset Second) Split(double fraction, ulong seed = 0) =>
        Stratified(fraction, members => Permutation.Shuffle(members, seed));

    /// <summary>As <see cref="Split"/>, but each class gives its first samples to the first part and its last ones to the second.</summary>
    /// <inheritdoc cref="Split"/>
    public (Subset First, Subset Second) SplitInOrder(double fraction) => Stratified(fraction, _ => { });

    private (Subset, Subset) Stratified(double fraction, Action<Span<int>> arrange)
    {
        if (!(fraction is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction, "A split's fraction is between 0 and 1.");
        return Divide(arrange, members => (int)Math.Round(members * fraction, MidpointRounding.AwayFromZero));
    }

    internal (Subset First, Subset Second) Divide(Action<Span<int>> arrange, Func<int, int> firstOf)
    {
        var inFirst = new bool[Count];
        foreach (var members in ByClass())
        {
            arrange(members);
            foreach (int index in members.AsSpan(0, firstOf(members.Length))) inFirst[index] = true;
        }

        int[] first = [.. Enumerable.Range(0, Count).Where(i => inFirst[i])];
        int[] second = [.. Enumerable.Range(0, Count).Where(i => !inFirst[i])];
        if (first.Length == 0 || second.Length == 0)
            throw new ArgumentException(
                $"Splitting the {Count} samples of {Name} into {first.Length} and {second.Length} leaves a part empty. Use another fraction or more samples.");
        return (new Subset(this, first), new Subset(this, second));
    }

    private int[][] ByClass()
    {
        var members = CountPerClass().Select(count => new int[count]).ToArray();
        var filled = new int[Classes];
        for (int i = 0; i < Count; i++)
        {
            int label = Label(i);
            members[label][filled[label]++] = i;
        }

        return members;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Count} samples of {Channels}x{Height}x{Width} in {Classes} classes";
}
