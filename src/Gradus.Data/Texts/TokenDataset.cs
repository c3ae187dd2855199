namespace Gradus.Data;

/// <summary>Sentences cut into tokens: words, or characters where words are not parted.</summary>
/// <remarks>What belongs to a sentence differs: one class (<see cref="TextDataset"/>), or a tag for each token (<see cref="SequenceDataset"/>).</remarks>
public abstract class TokenDataset
{
    private readonly string[][] _tokens;

    private protected TokenDataset(string name, string[][] tokens, IReadOnlyList<string> classNames, string note)
    {
        if (tokens.Length == 0) throw new InvalidDataException($"{name} has no sentences.");
        int empty = Array.FindIndex(tokens, sentence => sentence.Length == 0);
        if (empty >= 0) throw new InvalidDataException($"{name}: sentence {empty + 1} has no tokens.");
        if (classNames.Count == 0) throw new InvalidDataException($"{name} has no classes.");
        (Name, ClassNames, Note, _tokens) = (name, classNames, note, tokens);
    }

    /// <summary>The name shown to the user.</summary>
    public string Name { get; }

    /// <summary>The classes of sentences, or the tags of tokens, in the order of their numbers.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>What a reader of the results must know, such as where the test part comes from; else empty.</summary>
    public string Note { get; }

    /// <summary>The number of sentences; at least 1.</summary>
    public int Count => _tokens.Length;

    /// <summary>The tokens of one sentence; at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sentence.</exception>
    public ReadOnlySpan<string> Tokens(int index)
    {
        Require(index);
        return _tokens[index];
    }

    /// <summary>Splits in two; both parts keep this set's order.</summary>
    /// <param name="fraction">The second part's share; between 0 and 1.</param>
    /// <param name="seed">Chooses the sentences.</param>
    /// <exception cref="ArgumentException">One part would be empty.</exception>
    public (TokenDataset First, TokenDataset Second) Split(double fraction, ulong seed = 0)
    {
        if (!(fraction is > 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(fraction), fraction, "A split's fraction is between 0 and 1.");
        var inSecond = Choose(fraction, seed);
        int[] first = [.. Enumerable.Range(0, Count).Where(i => !inSecond[i])], second = [.. Enumerable.Range(0, Count).Where(i => inSecond[i])];
        if (first.Length == 0 || second.Length == 0)
            throw new ArgumentException($"Splitting the {Count} sentences of {Name} into {first.Length} and {second.Length} leaves a part empty.");
        return (Part(first, Note), Part(second, Note));
    }

    /// <summary>Some of the sentences.</summary>
    private protected abstract TokenDataset Part(int[] chosen, string note);

    /// <summary>Which sentences go to the second part.</summary>
    private protected virtual bool[] Choose(double fraction, ulong seed)
    {
        var (order, chosen) = (new int[Count], new bool[Count]);
        for (int i = 0; i < Count; i++) order[i] = i;
        Permutation.Shuffle(order, seed);
        foreach (int index in order.AsSpan(0, (int)Math.Round(Count * fraction))) chosen[index] = true;
        return chosen;
    }

    private protected string[][] Sentences(int[] chosen) => [.. chosen.Select(i => _tokens[i])];

    /// <summary>Numbers for one sentence: one for the whole, or one for each token.</summary>
    internal abstract ReadOnlySpan<int> Targets(int index);

    private protected void Require(int index)
    {
        if ((uint)index >= (uint)Count) throw new ArgumentOutOfRangeException(nameof(index), index, $"{Name} has sentences 0 ... {Count - 1}.");
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Count} sentences, {ClassNames.Count} classes";
}
