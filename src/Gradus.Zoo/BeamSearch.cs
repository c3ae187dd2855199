using Gradus.Ops;

namespace Gradus.Zoo;

/// <summary>
/// Searches for the most probable targets step by step: of all continuations of a source's hypotheses the best stay, as many as have room.
/// One that ends leaves the search and keeps its place, so that a beam of 1 is greedy; the search is over when no place is left.
/// </summary>
/// <remarks>
/// Sutskever, Vinyals and Le 2014, https://arxiv.org/abs/1409.3215, section 3.2; the final choice by Wu et al. 2016, https://arxiv.org/abs/1609.08144,
/// equation 14.
/// </remarks>
internal sealed class BeamSearch
{
    private readonly int _sources, _beam, _longest;
    private readonly double _penalty;
    private readonly List<Path>[] _ended;

    /// <summary>A search.</summary>
    /// <param name="sources">How many sources are searched at once.</param>
    /// <param name="beam">Places of each, at least 1.</param>
    /// <param name="longest">The most tokens of a target, its end included; at least 1.</param>
    /// <param name="penalty">The power α of the length by which log probabilities are divided, from 0.</param>
    public BeamSearch(int sources, int beam, int longest, double penalty)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(beam, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(longest, 1);
        if (!(penalty >= 0 && double.IsFinite(penalty))) throw new ArgumentOutOfRangeException(nameof(penalty), $"the length penalty is a power of at least 0; got {penalty}");
        (_sources, _beam, _longest, _penalty) = (sources, beam, longest, penalty);
        _ended = [.. Enumerable.Range(0, sources).Select(_ => new List<Path>())];
    }

    /// <summary>The best target of each source.</summary>
    /// <param name="next">Takes for each hypothesis the row of the call before (first: the source) that it continues, and its last token; gives logits <c>[hypotheses, vocabulary]</c>.</param>
    /// <exception cref="InvalidOperationException">A step's logits leave no token: they are not numbers.</exception>
    public Hypothesis[] Run(Func<IntTensor, IntTensor, Tensor> next)
    {
        List<Path> open = [.. Enumerable.Range(0, _sources).Select(source => new Path(source, source, SequenceToSequence.Start, 0, 0, null))];
        for (int step = 0; step < _longest && open.Count > 0; step++)
        {
            var logits = next(new IntTensor([.. open.Select(path => path.Row)]), new IntTensor([.. open.Select(path => path.Token)]));
            open = Continue(open, logits.LogSoftmax());
        }

        foreach (var path in open) _ended[path.Source].Add(path); // cut off
        return [.. _ended.Select(paths => Finish(paths.MaxBy(Score)!))];
    }

    private List<Path> Continue(List<Path> open, Tensor logarithms)
    {
        List<Path> continued = [];
        for (int first = 0, after; first < open.Count; first = after)
        {
            int source = open[first].Source;
            for (after = first; after < open.Count && open[after].Source == source;) after++;
            var best = Best(open, first, after, logarithms, _beam - _ended[source].Count);
            if (best.Count == 0) throw new InvalidOperationException($"no token can follow in sequence {source}: the model's logits are not numbers");
            _ended[source].AddRange(best.Where(path => path.Token == SequenceToSequence.End));
            continued.AddRange(best.Where(path => path.Token != SequenceToSequence.End));
        }

        return continued;
    }

    // the best continuations of one source's hypotheses, the best first; of equals the earlier hypothesis and the smaller token
    private static List<Path> Best(List<Path> open, int first, int after, Tensor logarithms, int places)
    {
        List<Path> best = [];
        int vocabulary = logarithms.Shape[1];
        for (int row = first; row < after; row++)
        {
            var path = open[row];
            var ofRow = logarithms.Span.Slice(row * vocabulary, vocabulary);
            for (int token = SequenceToSequence.End; token < vocabulary; token++) // neither padding nor a second start
            {
                double logarithm = path.LogProbability + ofRow[token];
                if (!(logarithm > double.NegativeInfinity) || (best.Count == places && !(logarithm > best[^1].LogProbability))) continue;
                int place = best.Count;
                while (place > 0 && best[place - 1].LogProbability < logarithm) place--;
                best.Insert(place, new Path(path.Source, row, token, path.Length + 1, logarithm, path));
                if (best.Count > places) best.RemoveAt(places);
            }
        }

        return best;
    }

    private double Score(Path path) => path.LogProbability / Math.Pow((5.0 + path.Length) / 6, _penalty);

    private Hypothesis Finish(Path last)
    {
        List<int> tokens = [];
        for (var path = last; path.Before is not null; path = path.Before) tokens.Add(path.Token);
        tokens.Reverse();
        bool ended = last.Token == SequenceToSequence.End;
        return new Hypothesis(ended ? tokens[..^1] : tokens, ended, last.LogProbability, Score(last));
    }

    /// <summary>A hypothesis: its last token, and those before it as a chain that hypotheses share.</summary>
    private sealed record Path(int Source, int Row, int Token, int Length, double LogProbability, Path? Before);
}
