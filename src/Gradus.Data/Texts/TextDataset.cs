namespace Gradus.Data;

/// <summary>Sentences, each of one class: sentiment, topic.</summary>
public sealed class TextDataset : TokenDataset
{
    private readonly int[] _labels;

    /// <summary>Keeps the arrays as they are, without a copy.</summary>
    /// <param name="name">The name shown to the user.</param>
    /// <param name="tokens">For each sentence its tokens, at least one.</param>
    /// <param name="labels">For each sentence its class.</param>
    /// <param name="classNames">The classes in the order of the labels.</param>
    /// <param name="note">See <see cref="TokenDataset.Note"/>.</param>
    /// <exception cref="InvalidDataException">The arrays do not fit together, or a label is no class.</exception>
    public TextDataset(string name, string[][] tokens, int[] labels, IReadOnlyList<string> classNames, string note = "") : base(name, tokens, classNames, note)
    {
        if (labels.Length != tokens.Length) throw new InvalidDataException($"{name} has {tokens.Length} sentences and {labels.Length} labels.");
        int wrong = Array.FindIndex(labels, label => (uint)label >= (uint)classNames.Count);
        if (wrong >= 0) throw new InvalidDataException($"{name}: the label of sentence {wrong + 1} is {labels[wrong]}, but there are {classNames.Count} classes.");
        _labels = labels;
    }

    /// <summary>The class of one sentence.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sentence.</exception>
    public int Label(int index)
    {
        Require(index);
        return _labels[index];
    }

    internal override ReadOnlySpan<int> Targets(int index) => _labels.AsSpan(index, 1);

    /// <summary>Splits in two so that each class keeps its share; at least one sentence of each class stays in each part, if it has two.</summary>
    /// <param name="fraction">The second part's share; between 0 and 1.</param>
    /// <param name="seed">Chooses the sentences.</param>
    /// <param name="note">The note of both parts.</param>
    internal (TextDataset First, TextDataset Second) Split(double fraction, ulong seed, string note)
    {
        var inSecond = Choose(fraction, seed);
        return (Chosen(false), Chosen(true));

        TextDataset Chosen(bool second) => (TextDataset)Part([.. Enumerable.Range(0, Count).Where(i => inSecond[i] == second)], note);
    }

    private protected override TokenDataset Part(int[] chosen, string note) => new TextDataset(Name, Sentences(chosen), [.. chosen.Select(i => _labels[i])], ClassNames, note);

    // Each class keeps its share.
    private protected override bool[] Choose(double fraction, ulong seed)
    {
        var inSecond = new bool[Count];
        for (int label = 0; label < ClassNames.Count; label++)
        {
            int[] members = [.. Enumerable.Range(0, Count).Where(i => _labels[i] == label)];
            Permutation.Shuffle(members, seed);
            int taken = members.Length < 2 ? 0 : Math.Clamp((int)Math.Round(members.Length * fraction), 1, members.Length - 1);
            foreach (int index in members.AsSpan(0, taken)) inSecond[index] = true;
        }

        return inSecond;
    }
}
