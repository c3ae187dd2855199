using Gradus.Training;
using Gradus.Zoo;

namespace Gradus.Labs.Attention;

/// <summary>Random digits, to be given back in reverse: the target's step i belongs to the source's step length - 1 - i, so that the right alignment is known.</summary>
internal static class ReversalTask
{
    public const int Digits = 10, Vocabulary = SequenceToSequence.FirstFree + Digits;

    /// <summary>Pairs of lengths drawn between two ends, both included, filled up to the longest.</summary>
    public static TokenPairs Make(int count, int shortest, int longest, ulong seed)
    {
        var random = new RandomSource(seed);
        var pairs = new (int[], int[])[count];
        for (int i = 0; i < count; i++)
        {
            var source = new int[shortest + random.Next(longest - shortest + 1)];
            for (int t = 0; t < source.Length; t++) source[t] = SequenceToSequence.FirstFree + random.Next(Digits);
            pairs[i] = (source, [.. source.Reverse()]);
        }

        return TokenPairs.Of(pairs, longest + 1);
    }

    /// <summary>Pairs as batches: source and target, the following tokens and the sources' lengths.</summary>
    public static TensorBatches Batches(TokenPairs pairs, int batch, ulong shuffle) =>
        new(new TrainingBatch([pairs.Source, pairs.Target], [pairs.Following, pairs.Lengths]), batch, shuffle);

    /// <summary>The likelihood of the following tokens, from the source and the true tokens before.</summary>
    public static Objective Objective(SequenceToSequence model) => new(
        model, batch => model.Forward(batch.Tensors[0], batch.Tensors[1], batch.Integers[1]), (logits, batch) => SequenceToSequence.Loss(logits, batch.Integers[0]));

    /// <summary>The share of tokens that a model gives at their place when it reads its own answers, the end included.</summary>
    public static double Accuracy(SequenceToSequence model, TokenPairs pairs)
    {
        int time = pairs.Source.Shape[1], right = 0, all = 0;
        model.Evaluate();
        var decoded = model.Decode(pairs.Source, pairs.Lengths, longest: time);
        for (int i = 0; i < decoded.Count; i++)
        {
            int[] expected = [.. pairs.Following.Span.Slice(i * time, time).ToArray().TakeWhile(token => token >= 0)];
            int[] given = [.. decoded[i].Tokens, .. decoded[i].Ended ? [SequenceToSequence.End] : Array.Empty<int>()];
            all += expected.Length;
            right += expected.Zip(given).Count(pair => pair.First == pair.Second);
        }

        return (double)right / all;
    }
}
