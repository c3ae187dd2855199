using Gradus.Graph;
using Gradus.Ops;

namespace Gradus.Zoo.Tests;

public class SequenceToSequenceTests
{
    private const int Vocabulary = SequenceToSequence.FirstFree + 10; // and ten digits

    public static TheoryData<string> Kinds => new(Makers.Keys);

    // small, and without dropout
    private static readonly Dictionary<string, Func<int, RandomSource, SequenceToSequence>> Makers = new()
    {
        ["additive"] = (vocabulary, random) => new AdditiveSequenceToSequence(vocabulary, vocabulary, 16, 32, dropout: 0, random: random),
        ["additive, one direction"] = (vocabulary, random) => new AdditiveSequenceToSequence(vocabulary, vocabulary, 16, 32, bidirectional: false, dropout: 0, random: random),
        ["multiplicative, general"] = (vocabulary, random) => new MultiplicativeSequenceToSequence(vocabulary, vocabulary, 16, 32, layers: 2, bidirectional: true, dropout: 0, random: random),
        ["multiplicative, dot"] = (vocabulary, random) => new MultiplicativeSequenceToSequence(vocabulary, vocabulary, 16, 32, general: false, dropout: 0, random: random),
        ["plain"] = (vocabulary, random) => new PlainSequenceToSequence(vocabulary, vocabulary, 16, 32, layers: 2, dropout: 0, random: random),
        ["transformer"] = (vocabulary, random) => new TransformerSequenceToSequence(vocabulary, vocabulary, 32, 2, 64, 1, dropout: 0, random: random),
    };

    [Theory, MemberData(nameof(Kinds))]
    public void It_gives_logits_for_each_step_of_the_target_from_what_comes_before_it(string kind)
    {
        var model = Makers[kind](Vocabulary, new RandomSource(1));
        var pairs = Reversals(3, 5, 8, seed: 2);
        float[] before = model.Forward(pairs.Source, pairs.Target, pairs.Lengths).ToArray();
        Assert.Equal([3, 9, Vocabulary], model.Forward(pairs.Source, pairs.Target, pairs.Lengths).Shape);
        pairs.Target.Span[4] = pairs.Target.Span[4] == 5 ? 6 : 5; // of the first target, read at step 4
        float[] after = model.Forward(pairs.Source, pairs.Target, pairs.Lengths).ToArray();
        Assert.Equal(before[..(4 * Vocabulary)], after[..(4 * Vocabulary)]);
        Assert.NotEqual(before[(4 * Vocabulary)..(5 * Vocabulary)], after[(4 * Vocabulary)..(5 * Vocabulary)]);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void What_stands_behind_a_source_does_not_matter(string kind)
    {
        var model = Makers[kind](Vocabulary, new RandomSource(1));
        var pairs = TokenPairs.Of([([3, 4, 5], [5, 4]), ([6, 7, 8, 9, 3], [3])]);
        float[] before = model.Forward(pairs.Source, pairs.Target, pairs.Lengths).ToArray();
        var decoded = model.Decode(pairs.Source, pairs.Lengths, beam: 3, longest: 5);
        pairs.Source.Span[3] = 7;
        Assert.Equal(before, model.Forward(pairs.Source, pairs.Target, pairs.Lengths).ToArray());
        Assert.NotEqual(before, model.Forward(pairs.Source, pairs.Target).ToArray());
        foreach (var (one, other) in decoded.Zip(model.Decode(pairs.Source, pairs.Lengths, beam: 3, longest: 5)))
        {
            Assert.Equal(one.Tokens, other.Tokens);
            Assert.Equal(one.LogProbability, other.LogProbability);
        }

        // a source alone, without padding
        float[] alone = model.Forward(pairs.Source.Slice(0, 0, 1).Slice(1, 0, 3), pairs.Target.Slice(0, 0, 1)).ToArray();
        for (int i = 0; i < alone.Length; i++) Assert.Equal(before[i], alone[i], 1e-5f);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Both_sequences_in_one_tensor_are_two_full_ones(string kind)
    {
        var model = Makers[kind](Vocabulary, new RandomSource(1));
        var pairs = Reversals(3, 5, 8, seed: 2);
        Assert.Equal(model.Forward(pairs.Source, pairs.Target).ToArray(), model.Forward(pairs.Joined).ToArray());
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_captured_training_step_equals_the_eager_one_with_lengths_of_its_own_at_each_run(string kind)
    {
        var (eager, captured) = (Makers[kind](Vocabulary, new RandomSource(1)), Makers[kind](Vocabulary, new RandomSource(1)));
        Sgd eagerOptimizer = new(eager.Parameters, 0.1f, momentum: 0.9f), capturedOptimizer = new(captured.Parameters, 0.1f, momentum: 0.9f);
        var step = Capture(captured, capturedOptimizer);
        for (ulong batch = 0; batch < 3; batch++)
        {
            var pairs = Reversals(4, 1, 6, seed: batch, time: 7);
            eagerOptimizer.ZeroGradient();
            var loss = SequenceToSequence.Loss(eager.Forward(pairs.Source, pairs.Target, pairs.Lengths), pairs.Following);
            loss.Backward();
            eagerOptimizer.Step();
            Assert.Equal(loss.Item(), Run(step, pairs), 1e-5f);
        }

        Assert.Null(step.Obstacle);
        foreach (var (expected, actual) in eager.NamedParameters().Zip(captured.NamedParameters()))
        {
            float scale = expected.Parameter.ToArray().Max(MathF.Abs);
            for (int i = 0; i < expected.Parameter.Count; i++) Assert.Equal(expected.Parameter.Span[i], actual.Parameter.Span[i], 1e-4f * scale);
        }
    }

    // where all steps of the source get one weight, or the memory is lost, these losses end at 0.45 to 2.2
    [Theory]
    [InlineData("additive", 130), InlineData("multiplicative, general", 150), InlineData("multiplicative, dot", 150), InlineData("transformer", 200)]
    public void It_learns_to_reverse_digits_and_reverses_those_it_has_not_seen(string kind, int steps)
    {
        var model = Makers[kind](Vocabulary, new RandomSource(1));
        var step = Capture(model, new Adam(model.Parameters, 5e-3f));
        float loss = 0;
        for (int i = 0; i < steps; i++) loss = Run(step, Reversals(48, 5, 8, seed: (ulong)(1000 + i), time: 9));
        Assert.Null(step.Obstacle);
        Assert.True(loss < 0.2f, $"{loss}");
        model.Evaluate();
        var unseen = Reversals(50, 5, 8, seed: 7);
        Assert.InRange(Right(unseen, model.Decode(unseen.Source, unseen.Lengths, longest: 12)), 45, 50);
        Assert.InRange(Right(unseen, model.Decode(unseen.Source, unseen.Lengths, beam: 3, longest: 12)), 45, 50);

        static int Right(TokenPairs pairs, IReadOnlyList<Hypothesis> decoded)
        {
            int steps = pairs.Source.Shape[1];
            return decoded.Where((one, i) => one.Ended && one.Tokens.Append(SequenceToSequence.End).SequenceEqual(pairs.Following.Span.Slice(i * steps, steps).ToArray().TakeWhile(token => token >= 0))).Count();
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_beam_of_one_is_greedy(string kind)
    {
        var model = Tiny(kind);
        var sources = TinySources();
        var decoded = model.Decode(sources.Source, sources.Lengths, beam: 1, longest: 6);
        for (int source = 0; source < decoded.Count; source++)
        {
            List<int> tokens = [];
            double sum = 0;
            for (bool ended = false; !ended && tokens.Count < 6;)
            {
                double[] logarithms = Logarithms(model, sources, source, tokens)[^1];
                int best = Enumerable.Range(SequenceToSequence.End, logarithms.Length - SequenceToSequence.End).MaxBy(token => logarithms[token]);
                (ended, sum) = (best == SequenceToSequence.End, sum + logarithms[best]);
                tokens.Add(best);
            }

            Assert.Equal(tokens.Where(token => token != SequenceToSequence.End), decoded[source].Tokens);
            Assert.Equal(tokens.Contains(SequenceToSequence.End), decoded[source].Ended);
            Assert.Equal(sum, decoded[source].LogProbability, 1e-4);
        }

        Assert.Contains(decoded, one => one.Ended);
        Assert.Contains(decoded, one => one.Tokens.Count > 0);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_beam_keeps_the_best_at_each_step_and_with_room_for_all_finds_the_best_of_all_targets(string kind)
    {
        const int Longest = 3, Room = 40; // there are 1 + 3 + 9 targets that end, and 27 that are cut off
        var model = Tiny(kind);
        var sources = TinySources();
        Dictionary<(int, float), IReadOnlyList<Hypothesis>> searched = [];
        int better = 0;
        foreach (int source in Enumerable.Range(0, sources.Lengths.Shape.Count))
        {
            // a digit for each token, of all targets and all their beginnings
            var sums = All("").ToDictionary(target => target, target => Sum(source, target));
            foreach (float penalty in new[] { 0, 0.6f, 2 })
            {
                string best = sums.Keys.Where(target => target.EndsWith('2') || target.Length == Longest).MaxBy(Score)!;
                Assert.Equal(best, Plain(Room));
                if (best != Plain(1)) better++;
                foreach (int beam in new[] { 1, 2, 3, Room })
                {
                    var found = Search(beam, penalty)[source];
                    Assert.Equal(Plain(beam), string.Concat(found.Ended ? found.Tokens.Append(SequenceToSequence.End) : found.Tokens));
                    Assert.Equal(sums[Plain(beam)], found.LogProbability, 1e-4);
                    Assert.Equal(Score(Plain(beam)), found.Score, 1e-4);
                }

                double Score(string target) => sums[target] / Math.Pow((5.0 + target.Length) / 6, penalty);

                string Plain(int beam)
                {
                    var (open, ended) = (new List<string> { "" }, new List<string>());
                    for (int t = 0; t < Longest; t++)
                    {
                        string[] kept = [.. open.SelectMany(before => "2345".Select(token => before + token)).OrderByDescending(target => sums[target]).Take(beam - ended.Count)];
                        ended.AddRange(kept.Where(target => target.EndsWith('2')));
                        open = [.. kept.Where(target => !target.EndsWith('2'))];
                    }

                    return ended.Concat(open).MaxBy(Score)!;
                }
            }
        }

        Assert.True(better > 0);

        IReadOnlyList<Hypothesis> Search(int beam, float penalty) => searched.TryGetValue((beam, penalty), out var found) ? found
            : searched[(beam, penalty)] = model.Decode(sources.Source, sources.Lengths, beam, Longest, penalty);

        double Sum(int source, string target)
        {
            int[] tokens = [.. target.Select(digit => digit - '0')];
            var logarithms = Logarithms(model, sources, source, tokens[..^1]);
            return tokens.Select((token, t) => logarithms[t][token]).Sum();
        }

        static IEnumerable<string> All(string before) =>
            (before.Length > 0 ? new[] { before } : []).Concat(before.EndsWith('2') || before.Length == Longest ? [] : "2345".SelectMany(token => All(before + token)));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_source_is_decoded_alone_as_among_others(string kind)
    {
        var model = Tiny(kind);
        var sources = TinySources();
        var together = model.Decode(sources.Source, sources.Lengths, beam: 3, longest: 6);
        for (int source = 0; source < together.Count; source++)
        {
            var alone = model.Decode(sources.Source.Slice(0, source, 1).Slice(1, 0, sources.Lengths.Span[source]), beam: 3, longest: 6)[0];
            Assert.Equal(together[source].Tokens, alone.Tokens);
            Assert.Equal(together[source].LogProbability, alone.LogProbability, 1e-4);
            var whole = alone.Ended ? [.. alone.Tokens, SequenceToSequence.End] : alone.Tokens;
            Assert.Equal(Logarithms(model, sources, source, [.. whole.SkipLast(1)]).Select((row, t) => row[whole[t]]).Sum(), alone.LogProbability, 1e-4);
        }
    }

    [Theory]
    [InlineData("additive"), InlineData("multiplicative, general"), InlineData("multiplicative, dot")]
    public void Alignments_sum_to_one_and_are_zero_behind_the_source(string kind)
    {
        var model = Makers[kind](Vocabulary, new RandomSource(1));
        var pairs = Reversals(5, 2, 7, seed: 3);
        var alignment = model is AdditiveSequenceToSequence additive
            ? additive.Alignment(pairs.Source, pairs.Target, pairs.Lengths)
            : ((MultiplicativeSequenceToSequence)model).Alignment(pairs.Source, pairs.Target, pairs.Lengths);
        Assert.Equal([5, 8, 8], alignment.Shape);
        for (int row = 0; row < 5 * 8; row++)
        {
            float[] weights = alignment.Span.Slice(row * 8, 8).ToArray();
            Assert.Equal(1, weights.Sum(), 1e-5f);
            Assert.All(weights[pairs.Lengths.Span[row / 8]..], weight => Assert.Equal(0, weight));
            Assert.All(weights[..pairs.Lengths.Span[row / 8]], weight => Assert.True(weight > 0));
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_trainer_s_step_takes_both_sequences_in_one_tensor(string kind)
    {
        var model = Makers[kind](Vocabulary, new RandomSource(1));
        var step = TrainingStep.Capture(model, SequenceToSequence.Loss, new Adam(model.Parameters, 3e-3f));
        var pairs = Reversals(8, 3, 5, seed: 1);
        float first = step.Run(pairs.Joined, pairs.Following), last = first;
        for (int i = 0; i < 20; i++) last = step.Run(pairs.Joined, pairs.Following);
        Assert.Null(step.Obstacle);
        Assert.True(last < 0.8f * first, $"{last} after {first}");
    }

    [Fact]
    public void What_follows_nothing_does_not_count()
    {
        var logits = Tensor.From([1f, 2, 3, 4, 9, 9, 9, 9, 0, 0, 5, 0], [1, 3, 4]);
        double[] expected = [3 - Math.Log(new double[] { 1, 2, 3, 4 }.Sum(Math.Exp)), 5 - Math.Log(3 + Math.Exp(5))];
        Assert.Equal(-expected.Average(), SequenceToSequence.Loss(logits, new IntTensor([2, -1, 2], [1, 3])).Item(), 1e-5);
    }

    [Fact]
    public void Pairs_are_filled_up_to_one_length()
    {
        var pairs = TokenPairs.Of([([7, 8, 9], [5]), ([4], [6, 3, 5])]);
        Assert.Equal([7f, 8, 9, 0, 4, 0, 0, 0], pairs.Source.ToArray());
        Assert.Equal([3, 1], pairs.Lengths.Span.ToArray());
        Assert.Equal([1f, 5, 0, 0, 1, 6, 3, 5], pairs.Target.ToArray());
        Assert.Equal([5, 2, -1, -1, 6, 3, 5, 2], pairs.Following.Span.ToArray());
        Assert.Equal([7f, 8, 9, 0, 1, 5, 0, 0, 4, 0, 0, 0, 1, 6, 3, 5], pairs.Joined.ToArray());
        Assert.Equal([2, 6], TokenPairs.Of([([7, 8, 9], [5]), ([4], [6, 3, 5])], time: 6).Target.Shape);
        Assert.Contains("need 4", Assert.Throws<ArgumentException>(() => TokenPairs.Of([([3], [6, 3, 5])], time: 3)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => TokenPairs.Of([([], [6])]));
    }

    [Fact]
    public void Bad_input_is_answered_with_what_was_expected()
    {
        var model = Makers["multiplicative, dot"](Vocabulary, new RandomSource(1));
        Assert.Contains("[batch, 2, time]; got [2, 3, 4]", Assert.Throws<ShapeException>(() => model.Forward(Tensor.Zeros([2, 3, 4]))).Message, StringComparison.Ordinal);
        Assert.Contains("targets [3, 4] and sources [2, 4]", Assert.Throws<ShapeException>(() => model.Forward(Tensor.Zeros([2, 4]), Tensor.Zeros([3, 4]))).Message, StringComparison.Ordinal);
        Assert.Contains("[batch, time] of at least one step; got [2, 0]", Assert.Throws<ShapeException>(() => model.Decode(Tensor.Zeros([2, 0]))).Message, StringComparison.Ordinal);
        Assert.Contains("got [2, 3, 4] and [2, 4]", Assert.Throws<ShapeException>(() => SequenceToSequence.Loss(Tensor.Zeros([2, 3, 4]), new IntTensor(new int[8], [2, 4]))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Decode(Tensor.Zeros([2, 4]), beam: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Decode(Tensor.Zeros([2, 4]), longest: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Decode(Tensor.Zeros([2, 4]), lengthPenalty: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TransformerSequenceToSequence(3, 9, 8, 2, 16, 1));
        Assert.Throws<ArgumentException>(() => new MultiplicativeSequenceToSequence(9, 9, 8, 15, bidirectional: true));
        model.Parameters[^1].Span.Fill(float.NaN);
        Assert.Contains("not numbers", Assert.Throws<InvalidOperationException>(() => model.Decode(Tensor.Zeros([2, 4]))).Message, StringComparison.Ordinal);
    }

    /// <summary>Over three free tokens, and hardly trained: it may end, and is of two minds.</summary>
    private static SequenceToSequence Tiny(string kind)
    {
        var model = Makers[kind](SequenceToSequence.FirstFree + 3, new RandomSource(1));
        var step = Capture(model, new Adam(model.Parameters, 5e-3f));
        for (int i = 0; i < 15; i++) Run(step, Reversals(16, 1, 4, seed: (ulong)i, digits: 3));
        return model;
    }

    private static TokenPairs TinySources() => Reversals(20, 1, 4, seed: 99, digits: 3);

    // by the pass over whole targets, of one source alone: log probabilities after the start token and after each token
    private static double[][] Logarithms(SequenceToSequence model, TokenPairs sources, int source, IReadOnlyList<int> tokens)
    {
        var target = Tensor.From([SequenceToSequence.Start, .. tokens.Select(token => (float)token)], [1, tokens.Count + 1]);
        var logits = model.Forward(sources.Source.Slice(0, source, 1).Slice(1, 0, sources.Lengths.Span[source]), target);
        return [.. logits.ToArray().Chunk(logits.Shape[2]).Select(row => row.Select(logit => logit - Math.Log(row.Sum(other => Math.Exp(other)))).ToArray())];
    }

    private static CapturedStep Capture(SequenceToSequence model, Optimizer optimizer) => CapturedStep.Of((x, integers) =>
    {
        optimizer.ZeroGradient();
        var loss = SequenceToSequence.Loss(model.Forward(x[0], x[1], integers[0]), integers[1]);
        loss.Backward();
        optimizer.Step();
        return [loss];
    });

    private static float Run(CapturedStep step, TokenPairs pairs) => step.Run([pairs.Source, pairs.Target], [pairs.Lengths, pairs.Following])[0].Item();

    /// <summary>Digits and the same from the last to the first.</summary>
    private static TokenPairs Reversals(int count, int shortest, int longest, ulong seed, int? time = null, int digits = 10)
    {
        var random = new RandomSource(seed);
        return TokenPairs.Of([.. Enumerable.Range(0, count).Select(_ =>
        {
            int[] numbers = [.. Enumerable.Range(0, shortest + random.Next(longest - shortest + 1)).Select(_ => SequenceToSequence.FirstFree + random.Next(digits))];
            return (numbers, numbers.Reverse().ToArray());
        })], time ?? longest + 1);
    }
}
