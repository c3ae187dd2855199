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
        ["transformer"] = (vocabulary, random) => new TransformerSequenceToSequence(vocabulary, vocabulary, 32, 4, 64, 2, dropout: 0, random: random),
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

    [Theory]
    [InlineData("additive", 250), InlineData("multiplicative, general", 250), InlineData("multiplicative, dot", 250), InlineData("transformer", 250)]
    public void It_learns_to_reverse_and_reverses_what_it_has_not_seen(string kind, int steps)
    {
        var model = Makers[kind](Vocabulary, new RandomSource(1));
        var optimizer = new Adam(model.Parameters, 5e-3f);
        var step = Capture(model, optimizer);
        float loss = 0;
        var clock = System.Diagnostics.Stopwatch.StartNew();
        for (int i = 0; i < steps; i++)
        {
            loss = Run(step, Reversals(64, 5, 8, seed: (ulong)(1000 + i), time: 9));
            if (i % 50 == 49) TestContext.Current.TestOutputHelper?.WriteLine($"{i} {loss} {clock.ElapsedMilliseconds}");
        }
        Assert.Null(step.Obstacle);
        model.Evaluate();
        var unseen = Reversals(50, 5, 8, seed: 7);
        var decoded = model.Decode(unseen.Source, unseen.Lengths, longest: 12);
        int right = decoded.Where((one, i) => one.Ended && one.Tokens.SequenceEqual(Enumerable.Range(0, unseen.Lengths.Span[i]).Select(t => (int)unseen.Source.Span[i * 9 + unseen.Lengths.Span[i] - 1 - t]))).Count();
        TestContext.Current.TestOutputHelper?.WriteLine($"{right} of 50");
        Assert.True(loss < 0.05f, $"{loss}");
        Assert.True(right >= 48, $"{right} of 50");
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
    private static TokenPairs Reversals(int count, int shortest, int longest, ulong seed, int? time = null)
    {
        var random = new RandomSource(seed);
        return TokenPairs.Of([.. Enumerable.Range(0, count).Select(_ =>
        {
            int[] digits = [.. Enumerable.Range(0, shortest + random.Next(longest - shortest + 1)).Select(_ => SequenceToSequence.FirstFree + random.Next(10))];
            return (digits, digits.Reverse().ToArray());
        })], time ?? longest + 1);
    }
}
