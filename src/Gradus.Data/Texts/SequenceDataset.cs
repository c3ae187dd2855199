namespace Gradus.Data;

/// <summary>Sentences with a tag for each token: named entities, parts of speech.</summary>
public sealed class SequenceDataset : TokenDataset
{
    private readonly int[][] _tags;

    /// <summary>Keeps the arrays as they are, without a copy.</summary>
    /// <param name="name">The name shown to the user.</param>
    /// <param name="tokens">For each sentence its tokens, at least one.</param>
    /// <param name="tags">For each sentence the tags of its tokens.</param>
    /// <param name="tagNames">The tags in the order of their numbers.</param>
    /// <param name="note">See <see cref="TokenDataset.Note"/>.</param>
    /// <exception cref="InvalidDataException">The arrays do not fit together, or a number is no tag.</exception>
    public SequenceDataset(string name, string[][] tokens, int[][] tags, IReadOnlyList<string> tagNames, string note = "") : base(name, tokens, tagNames, note)
    {
        if (tags.Length != tokens.Length) throw new InvalidDataException($"{name} has {tokens.Length} sentences and tags for {tags.Length}.");
        for (int i = 0; i < tags.Length; i++)
        {
            if (tags[i].Length != tokens[i].Length) throw new InvalidDataException($"{name}: sentence {i + 1} has {tokens[i].Length} tokens and {tags[i].Length} tags.");
            if (tags[i].AsSpan().ContainsAnyExceptInRange(0, tagNames.Count - 1))
                throw new InvalidDataException($"{name}: sentence {i + 1} has tags [{string.Join(", ", tags[i])}]; there are {tagNames.Count}.");
        }

        _tags = tags;
    }

    /// <summary>The tags of one sentence, one for each token.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sentence.</exception>
    public ReadOnlySpan<int> Tags(int index)
    {
        Require(index);
        return _tags[index];
    }

    private protected override TokenDataset Part(int[] chosen, string note) => new SequenceDataset(Name, Sentences(chosen), [.. chosen.Select(i => _tags[i])], ClassNames, note);

    internal override ReadOnlySpan<int> Targets(int index) => Tags(index);
}
