using Gradus.Ops;

namespace Gradus.Zoo;

/// <summary>A batch of sources and targets, filled up to one length, as a <see cref="SequenceToSequence"/> model takes it.</summary>
/// <param name="Source"><c>[batch, time]</c>: the sources, then padding.</param>
/// <param name="Lengths"><c>[batch]</c>: how many tokens each source has.</param>
/// <param name="Target"><c>[batch, time]</c>, what the decoder reads: the start token, the target, then padding.</param>
/// <param name="Following"><c>[batch, time]</c>, what it should give: the target, the end token, then <see cref="Nothing"/>.</param>
public sealed record TokenPairs(Tensor Source, IntTensor Lengths, Tensor Target, IntTensor Following)
{
    /// <summary>The label of steps behind a target's end, which do not count.</summary>
    public const int Nothing = -1;

    /// <summary>Source and target beside each other, <c>[batch, 2, time]</c>: a model's input where it has to be one tensor.</summary>
    public Tensor Joined
    {
        get
        {
            var (batch, time) = (Source.Shape[0], Source.Shape[1]);
            return Tensor.Concat(1, Source.Reshape(batch, 1, time), Target.Reshape(batch, 1, time));
        }
    }

    /// <summary>A batch of these pairs.</summary>
    /// <param name="pairs">Source and target, without start and end; a source has at least one token.</param>
    /// <param name="time">The length that all are filled up to, so that every batch has one shape; null for the least that holds them.</param>
    /// <exception cref="ArgumentException">A source is empty, or a sequence does not fit into the time: a target needs one step more.</exception>
    public static TokenPairs Of(IReadOnlyList<(int[] Source, int[] Target)> pairs, int? time = null)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        int needed = pairs.Select(pair => Math.Max(pair.Source.Length, pair.Target.Length + 1)).DefaultIfEmpty(1).Max(), steps = time ?? needed;
        if (steps < needed) throw new ArgumentException($"{steps} steps do not hold these pairs, which need {needed}", nameof(time));
        if (pairs.Any(pair => pair.Source.Length == 0)) throw new ArgumentException("a source needs at least one token", nameof(pairs));
        Shape shape = [pairs.Count, steps];
        var (source, target, following) = (Tensor.Full(shape, SequenceToSequence.Padding), Tensor.Full(shape, SequenceToSequence.Padding), new int[shape.Count]);
        Array.Fill(following, Nothing);
        for (int i = 0; i < pairs.Count; i++)
        {
            int first = i * steps, length = pairs[i].Target.Length;
            for (int t = 0; t < pairs[i].Source.Length; t++) source.Span[first + t] = pairs[i].Source[t];
            target.Span[first] = SequenceToSequence.Start;
            for (int t = 0; t < length; t++) target.Span[first + t + 1] = following[first + t] = pairs[i].Target[t];
            following[first + length] = SequenceToSequence.End;
        }

        return new TokenPairs(source, new IntTensor([.. pairs.Select(pair => pair.Source.Length)]), target, new IntTensor(following, shape));
    }
}
