using Gradus.Graph;
using Gradus.Layers;
using Gradus.Ops;
using Gradus.Tests.Kernels;
using Gradus.Tests.Ops;
using Linear = Gradus.Layers.Linear;

namespace Gradus.Tests.Losses;

/// <summary>Random fields and alignments against the enumeration of everything that they sum over.</summary>
[Collection(nameof(ThreadCounts))]
public class StructuredLossTests
{
    [Theory]
    [InlineData(1, 3), InlineData(4, 2), InlineData(5, 3), InlineData(3, 7)]
    public void A_random_field_agrees_with_the_enumeration_of_all_tag_sequences(int time, int tags)
    {
        var (field, emissions) = Field(1, time, tags);
        var paths = Sequences(time, tags).ToArray();
        double[] scores = [.. paths.Select(path => Score(field, emissions, 0, path))];
        double partition = OperationCases.LogSum(scores);
        Assert.Equal(partition, field.LogPartition(emissions).Item(), 1e-5);
        for (int i = 0; i < paths.Length; i += 3)
            Assert.Equal(partition - scores[i], field.NegativeLogLikelihood(emissions, new IntTensor(paths[i], [1, time])).Item(), 1e-5);
        Assert.Equal(paths[Array.IndexOf(scores, scores.Max())], field.Decode(emissions).Span.ToArray());
    }

    [Fact]
    public void The_gradients_are_the_probabilities_that_enumeration_gives()
    {
        const int Time = 4, Tags = 3;
        var (field, emissions) = Field(1, Time, Tags);
        emissions.RequiresGradient = true;
        field.LogPartition(emissions).Sum().Backward();
        var paths = Sequences(Time, Tags).ToArray();
        double partition = OperationCases.LogSum(paths.Select(path => Score(field, emissions, 0, path)));
        for (int i = 0; i < Tags; i++)
        {
            for (int t = 0; t < Time; t++) Assert.Equal(Expect(path => path[t] == i ? 1 : 0), emissions.Gradient!.Span[t * Tags + i], 1e-5);
            for (int j = 0; j < Tags; j++) Assert.Equal(Expect(path => path.Skip(1).Zip(path, (tag, before) => before == i && tag == j ? 1 : 0).Sum()), field.Transitions.Gradient!.Span[i * Tags + j], 1e-5);
        }

        double Expect(Func<int[], double> count) => paths.Sum(path => count(path) * Math.Exp(Score(field, emissions, 0, path) - partition));
    }

    [Fact]
    public void Decoding_finds_the_best_of_all_sequences_of_every_length()
    {
        const int Batch = 40, Time = 5, Tags = 3;
        var (field, emissions) = Field(Batch, Time, Tags);
        int[] lengths = [.. Enumerable.Range(0, Batch).Select(sequence => sequence % (Time + 1))];
        var best = field.Decode(emissions, new IntTensor(lengths)).Span.ToArray();
        for (int sequence = 0; sequence < Batch; sequence++)
        {
            int[] found = best[(sequence * Time)..((sequence + 1) * Time)];
            Assert.All(found[lengths[sequence]..], tag => Assert.Equal(-1, tag));
            if (lengths[sequence] == 0) continue;
            double greatest = Sequences(lengths[sequence], Tags).Max(path => Score(field, emissions, sequence, path));
            Assert.Equal(greatest, Score(field, emissions, sequence, found[..lengths[sequence]]), 1e-9);
        }
    }

    [Fact]
    public void What_stands_behind_the_end_of_a_sequence_changes_nothing()
    {
        var (field, emissions) = Field(2, 6, 4);
        IntTensor tags = new([0, 1, 2, -1, -1, -1, 3, 3, 1, 0, 2, 1], [2, 6]), lengths = new(3, 6);
        emissions.RequiresGradient = true;
        var byTags = field.NegativeLogLikelihood(emissions, tags).Item();
        emissions.Span.Slice(3 * 4, 3 * 4).Fill(float.NaN);
        var loss = field.NegativeLogLikelihood(emissions, tags, lengths);
        loss.Backward();
        Assert.Equal(byTags, loss.Item());
        Assert.All(emissions.Gradient!.ToArray()[12..24], value => Assert.Equal(0, value));
        Assert.All(emissions.Gradient!.ToArray(), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void A_forbidden_transition_has_no_probability_and_is_never_decoded()
    {
        var (field, emissions) = Field(3, 7, 4);
        for (int i = 0; i < 4; i++) field.Transitions.Span[i * 4 + (i + 1) % 4] = float.NegativeInfinity;
        emissions.RequiresGradient = true;
        field.LogPartition(emissions).Sum().Backward();
        Assert.All(emissions.Gradient!.ToArray(), value => Assert.True(value is >= 0 and <= 1.00001f));
        for (int i = 0; i < 4; i++) Assert.Equal(0, field.Transitions.Gradient!.Span[i * 4 + (i + 1) % 4]);
        int[] best = field.Decode(emissions).Span.ToArray();
        for (int i = 0; i < best.Length; i++) if (i % 7 > 0) Assert.NotEqual((best[i - 1] + 1) % 4, best[i]);
    }

    /// <summary>The best sequence goes over a transition that e to its score, beside the other one into that tag, is 0 as a float.</summary>
    [Fact]
    public void Scores_further_apart_than_floats_reach_lose_nothing()
    {
        const int Time = 3, Tags = 2;
        var field = new ConditionalRandomField(Tags, new RandomSource(1));
        Tensor.From(0, -200, -201, 0).Span.CopyTo(field.Transitions.Span);
        var emissions = Tensor.From([300, 0, 0, 500, 300.5f, 0], [1, Time, Tags]);
        emissions.RequiresGradient = true;
        var partition = field.LogPartition(emissions);
        partition.Sum().Backward();
        var paths = Sequences(Time, Tags).ToArray();
        double expected = OperationCases.LogSum(paths.Select(path => Score(field, emissions, 0, path)));
        Assert.Equal(expected, partition.Item(), 1e-3);
        for (int i = 0; i < Tags; i++)
        {
            for (int j = 0; j < Tags; j++)
            {
                double count = paths.Sum(path => path.Skip(1).Zip(path, (tag, before) => before == i && tag == j ? 1 : 0).Sum() * Math.Exp(Score(field, emissions, 0, path) - expected));
                Assert.Equal(count, field.Transitions.Gradient!.Span[i * Tags + j], 1e-4);
            }
        }
    }

    [Fact]
    public void A_NaN_among_the_emissions_is_not_hidden()
    {
        var (field, emissions) = Field(2, 5, 17);
        emissions.Span[2 * 17 + 16] = float.NaN;
        var partitions = field.LogPartition(emissions);
        Assert.True(float.IsNaN(partitions.Span[0]));
        Assert.True(float.IsFinite(partitions.Span[1]));
    }

    [Fact]
    public void A_tagger_learns_what_only_the_order_of_tags_tells()
    {
        // the emissions tell the first tag alone; each further one is the next in a circle
        const int Batch = 32, Time = 8, Tags = 4;
        var random = new RandomSource(3);
        var emissions = Tensor.Zeros([Batch, Time, Tags]);
        int[] tags = new int[Batch * Time];
        for (int i = 0; i < tags.Length; i++)
        {
            tags[i] = i % Time == 0 ? random.Next(Tags) : (tags[i - 1] + 1) % Tags;
            if (i % Time == 0) emissions.Span[i * Tags + tags[i]] = 5;
        }

        var field = new ConditionalRandomField(Tags, random);
        var optimizer = new Adam(field.Parameters, 0.1f);
        IntTensor labels = new(tags, [Batch, Time]);
        var step = CapturedStep.Of((inputs, integers) =>
        {
            optimizer.ZeroGradient();
            var loss = field.NegativeLogLikelihood(inputs[0], integers[0]);
            loss.Backward();
            optimizer.Step();
            return [loss];
        });
        for (int i = 0; i < 60; i++) step.Run([emissions], [labels]);
        Assert.Null(step.Obstacle);
        Assert.Equal(tags, field.Decode(emissions).Span.ToArray());
        Assert.Equal(0, Allocation.OfWarm(() => step.Run([emissions], [labels])));
    }

    [Theory]
    [InlineData(1, new[] { 1 }), InlineData(3, new int[0]), InlineData(3, new[] { 2 }), InlineData(4, new[] { 1, 2 }), InlineData(5, new[] { 1, 1 }), InlineData(6, new[] { 2, 1, 2 }), InlineData(5, new[] { 2, 2, 1 })]
    public void An_alignment_loss_agrees_with_the_enumeration_of_all_alignments(int time, int[] labels)
    {
        const int Classes = 3;
        var logits = Random([1, time, Classes], 9);
        logits.RequiresGradient = true;
        var loss = Gradus.Losses.ConnectionistTemporal.Of(logits, new IntTensor(labels, [1, labels.Length]));
        loss.Backward();
        double[] logs = [.. logits.LogSoftmax().ToArray().Select(value => (double)value)];
        var ways = Sequences(time, Classes).Where(way => Collapse(way).SequenceEqual(labels)).ToArray();
        double total = OperationCases.LogSum(ways.Select(Log));
        Assert.Equal(-total, loss.Item(), 1e-5);
        for (int t = 0; t < time; t++)
        {
            for (int k = 0; k < Classes; k++)
            {
                double posterior = ways.Where(way => way[t] == k).Sum(way => Math.Exp(Log(way) - total));
                Assert.Equal(Math.Exp(logs[t * Classes + k]) - posterior, logits.Gradient!.Span[t * Classes + k], 1e-5);
            }
        }

        double Log(int[] way) => way.Select((k, t) => logs[t * Classes + k]).Sum();

        static IEnumerable<int> Collapse(int[] way) => way.Where((k, t) => k != 0 && (t == 0 || way[t - 1] != k));
    }

    [Fact]
    public void A_certain_and_wrong_reader_has_a_finite_loss_and_gradient()
    {
        var logits = Tensor.Zeros([1, 200, 4]);
        for (int t = 0; t < 200; t++) logits.Span[t * 4] = 40; // blanks only
        logits.RequiresGradient = true;
        var loss = Gradus.Losses.ConnectionistTemporal.Of(logits, new IntTensor([.. Enumerable.Range(0, 60).Select(i => 1 + i % 3)], [1, 60]));
        loss.Backward();
        Assert.InRange(loss.Item(), 60 * 40 - 60 * MathF.Log(200), 60 * 40);
        Assert.Equal(60.0, logits.Gradient!.ToArray().Where((_, i) => i % 4 == 0).Sum(value => (double)value), 0.01); // that many blanks too many
    }

    [Fact]
    public void An_alignment_loss_is_captured_and_allocates_nothing()
    {
        var model = new Linear(5, 4, random: new RandomSource(1));
        var optimizer = new Sgd(model.Parameters, 0.1f);
        var x = Random([6, 20, 5], 2);
        IntTensor labels = new([.. Enumerable.Range(0, 18).Select(i => i % 3 == 2 && i > 9 ? -1 : 1 + i % 3)], [6, 3]);
        var step = TrainingStep.Capture(model, Gradus.Losses.ConnectionistTemporal.Of, optimizer);
        float first = step.Run(x, labels);
        Assert.Equal(0, Allocation.OfWarm(() => step.Run(x, labels)));
        Assert.Null(step.Obstacle);
        Assert.True(step.Run(x, labels) < first / 2);
    }

    [Fact]
    public void Bad_tags_labels_and_lengths_are_named()
    {
        var (field, emissions) = Field(2, 3, 4);
        Assert.Contains("tag 4 at [1, 0]", Assert.Throws<ArgumentOutOfRangeException>(() => field.NegativeLogLikelihood(emissions, new([0, 0, 0, 4, 0, 0], [2, 3]))).Message, StringComparison.Ordinal);
        Assert.Contains("behind the end", Assert.Throws<ArgumentException>(() => field.NegativeLogLikelihood(emissions, new([0, -1, 2, 1, 0, 0], [2, 3]))).Message, StringComparison.Ordinal);
        Assert.Contains("length of 4", Assert.Throws<ArgumentOutOfRangeException>(() => field.LogPartition(emissions, new(4, 1))).Message, StringComparison.Ordinal);
        Assert.Contains("length of 4", Assert.Throws<ArgumentOutOfRangeException>(() => field.Decode(emissions, new(4, 1))).Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => field.NegativeLogLikelihood(emissions, new(0, 1, 2)));
        Assert.Throws<ShapeException>(() => field.Decode(Tensor.Zeros([2, 3, 5])));
        Assert.Throws<ShapeException>(() => new ConditionalRandomField(5).Forward(emissions));
        Assert.Contains("need 4", Assert.Throws<ArgumentException>(() => Gradus.Losses.ConnectionistTemporal.Of(emissions, new([1, 1, 2, 1, 2, 3], [2, 3]))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Gradus.Losses.ConnectionistTemporal.Of(emissions, new([0, 1, 1, 2], [2, 2])));
        Assert.Throws<ShapeException>(() => Gradus.Losses.ConnectionistTemporal.Of(emissions, new(1, 2)));
    }

    private static (ConditionalRandomField Field, Tensor Emissions) Field(int batch, int time, int tags)
    {
        var field = new ConditionalRandomField(tags, new RandomSource(4));
        foreach (var parameter in field.Parameters) new RandomSource(5).Uniform(parameter.Span, -2, 2);
        return (field, Random([batch, time, tags], 6));
    }

    private static Tensor Random(Shape shape, ulong seed)
    {
        var tensor = Tensor.Zeros(shape);
        new RandomSource(seed).Uniform(tensor.Span, -2, 2);
        return tensor;
    }

    private static IEnumerable<int[]> Sequences(int time, int kinds) =>
        Enumerable.Range(0, (int)Math.Pow(kinds, time)).Select(number => Enumerable.Range(0, time).Select(t => number / (int)Math.Pow(kinds, t) % kinds).ToArray());

    private static double Score(ConditionalRandomField field, Tensor emissions, int sequence, int[] path)
    {
        int time = emissions.Shape[1], tags = emissions.Shape[2];
        double score = field.StartTransitions.Span[path[0]] + (double)field.EndTransitions.Span[path[^1]];
        for (int t = 0; t < path.Length; t++) score += emissions.Span[(sequence * time + t) * tags + path[t]];
        for (int t = 1; t < path.Length; t++) score += field.Transitions.Span[path[t - 1] * tags + path[t]];
        return score;
    }
}
