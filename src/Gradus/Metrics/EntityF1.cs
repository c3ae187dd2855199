namespace Gradus.Metrics;

/// <summary>
/// Precision, recall and F1 of named entities: an entity is right if its type and both its ends are. Tags are O, or a position and a type
/// such as B-PER: B begins, I (or M) continues, E ends, S is an entity of one word; BIO, BIOES and BMES are read alike.
/// </summary>
/// <remarks>
/// Counted as by the conlleval script of Tjong Kim Sang and De Meulder 2003, "Introduction to the CoNLL-2003 shared task": tags that follow
/// no scheme are read leniently, so that an I after O or after another type begins an entity.
/// </remarks>
public sealed class EntityF1
{
    private readonly (char Position, string Type)[] _tags;
    private readonly SortedDictionary<string, ClassScore> _scores = new(StringComparer.Ordinal);

    /// <summary>Nothing counted yet.</summary>
    /// <param name="tags">The name of each tag number: <c>["O", "B-PER", "I-PER", ...]</c>.</param>
    /// <exception cref="ArgumentException">A name is neither O nor one of B, I, M, E, S with a type behind a hyphen.</exception>
    public EntityF1(IEnumerable<string> tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        _tags = [.. tags.Select(Parse)];
    }

    /// <summary>The counts by type, in the order of their names: the types that were there or found.</summary>
    public IReadOnlyDictionary<string, ClassScore> ByType => _scores;

    /// <summary>The counts of all types together: the figure that papers give.</summary>
    public ClassScore Overall => _scores.Values.Aggregate(default(ClassScore), (sum, score) => sum + score);

    /// <summary>Adds a batch.</summary>
    /// <param name="predicted"><c>[batch, time]</c>, as decoded.</param>
    /// <param name="expected"><c>[batch, time]</c>; without lengths, a tag below 0 ends its sequence.</param>
    /// <param name="lengths"><c>[batch]</c>, each from 0 to time.</param>
    /// <exception cref="ShapeException">The shapes differ, or are not <c>[batch, time]</c>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A tag or a length is out of range.</exception>
    public void Add(IntTensor predicted, IntTensor expected, IntTensor? lengths = null)
    {
        ArgumentNullException.ThrowIfNull(predicted);
        ArgumentNullException.ThrowIfNull(expected);
        if (expected.Shape.Rank != 2 || predicted.Shape != expected.Shape || (lengths is not null && lengths.Span.Length != expected.Shape[0]))
            throw new ShapeException($"tags [batch, time] of one shape, with a length for each sequence, are needed; got {predicted.Shape} and {expected.Shape}");
        int time = expected.Shape[1];
        for (int sequence = 0; sequence < expected.Shape[0]; sequence++)
        {
            ReadOnlySpan<int> there = expected.Span.Slice(sequence * time, time), found = predicted.Span.Slice(sequence * time, time);
            int end = there.IndexOfAnyInRange(int.MinValue, -1), length = lengths is not null ? lengths.Span[sequence] : end < 0 ? time : end;
            if ((uint)length > (uint)time) throw new ArgumentOutOfRangeException(nameof(lengths), $"a length of {length} is outside 0 to {time}");
            Add(found[..length], there[..length]);
        }
    }

    /// <summary>Adds one sequence.</summary>
    /// <param name="predicted">A tag for each word.</param>
    /// <param name="expected">As many.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such tag.</exception>
    public void Add(ReadOnlySpan<int> predicted, ReadOnlySpan<int> expected)
    {
        if (predicted.Length != expected.Length) throw new ArgumentException($"each word has two tags; got {predicted.Length} predicted and {expected.Length} expected");
        HashSet<(string, int, int)> there = [.. Entities(expected)];
        foreach (var entity in Entities(predicted)) Count(entity.Type, there.Remove(entity) ? new ClassScore(1, 0, 0) : new ClassScore(0, 1, 0));
        foreach (var (type, _, _) in there) Count(type, new ClassScore(0, 0, 1));
    }

    /// <summary>The entities of a sequence: type, first word, and the word behind the last.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such tag.</exception>
    public IReadOnlyList<(string Type, int Start, int End)> Entities(ReadOnlySpan<int> tags)
    {
        List<(string, int, int)> entities = [];
        (char Position, string Type) before = ('O', "");
        int start = -1;
        for (int word = 0; word <= tags.Length; word++)
        {
            if (word < tags.Length && (uint)tags[word] >= (uint)_tags.Length)
                throw new ArgumentOutOfRangeException(nameof(tags), $"tag {tags[word]} at word {word} is outside 0 to {_tags.Length - 1}");
            var tag = word < tags.Length ? _tags[tags[word]] : ('O', "");
            if (start >= 0 && Ends(before, tag))
            {
                entities.Add((before.Type, start, word));
                start = -1;
            }

            if (Begins(before, tag)) start = word;
            before = tag;
        }

        return entities;
    }

    /// <summary>Starts afresh.</summary>
    public void Reset() => _scores.Clear();

    private static bool Ends((char Position, string Type) before, (char Position, string Type) tag) =>
        before.Position is 'E' or 'S' || tag.Position is 'O' or 'B' or 'S' || tag.Type != before.Type;

    private static bool Begins((char Position, string Type) before, (char Position, string Type) tag) =>
        tag.Position != 'O' && (tag.Position is 'B' or 'S' || before.Position is 'O' or 'E' or 'S' || tag.Type != before.Type);

    private void Count(string type, ClassScore score) => _scores[type] = _scores.GetValueOrDefault(type) + score;

    private static (char Position, string Type) Parse(string tag)
    {
        ArgumentNullException.ThrowIfNull(tag);
        if (tag == "O") return ('O', "");
        if (tag.Length < 3 || tag[1] != '-' || tag[0] is not ('B' or 'I' or 'M' or 'E' or 'S'))
            throw new ArgumentException($"'{tag}' is no entity tag: expected O, or B, I, M, E or S with a type, such as B-PER", nameof(tag));
        return (tag[0] == 'M' ? 'I' : tag[0], tag[2..]);
    }
}
