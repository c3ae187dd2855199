using Gradus.Graph;
using Gradus.Layers;
using Gradus.Ops;
using Gradus.Tests.Kernels;

namespace Gradus.Tests.Layers;

/// <summary>Additive and multiplicative attention: the definitions in double precision, masks and weights.</summary>
[Collection(nameof(ThreadCounts))] // counts the bytes that the whole process allocates: nothing may run beside it
public class AttentionLayersTests
{
    private const int Batch = 3, Queries = 4, Keys = 6, QueryFeatures = 5, KeyFeatures = 7, Hidden = 9;

    private static readonly IntTensor Lengths = new(6, 2, 5);

    private static readonly Tensor Query = Normal([Batch, Queries, QueryFeatures], 3), Memory = Normal([Batch, Keys, KeyFeatures], 4);

    [Theory, InlineData(false), InlineData(true)]
    public void Additive_attention_is_that_of_Bahdanau_and_others(bool masked)
    {
        var layer = new AdditiveAttention(QueryFeatures, KeyFeatures, Hidden, new RandomSource(1));
        var (context, weights) = layer.Attend(Query, Memory, masked ? Lengths : null);
        Check(context, weights, masked, (b, i, j) => Enumerable.Range(0, Hidden).Sum(a =>
            layer.V.Span[a] * Math.Tanh(Product(layer.Query.Weight.Span, a * QueryFeatures, At(Query, b, i)) + Product(layer.Key.Weight.Span, a * KeyFeatures, At(Memory, b, j)))));
        var projected = layer.Attend(Query, Memory, masked ? Lengths : null, layer.Key.Forward(Memory)).Context;
        Assert.Equal(context.ToArray(), projected.ToArray());
    }

    [Theory, InlineData(false), InlineData(true)]
    public void General_multiplicative_attention_is_that_of_Luong_and_others(bool masked)
    {
        var layer = new MultiplicativeAttention(QueryFeatures, KeyFeatures, random: new RandomSource(1));
        var lengths = masked ? Lengths : null;
        Check(layer.Forward(Query, Memory, lengths), layer.Weights(Query, Memory, lengths), masked, (b, i, j) => // h W m, with the weight Wᵀ
            At(Memory, b, j).Select((value, row) => value * Product(layer.Query!.Weight.Span, row * QueryFeatures, At(Query, b, i))).Sum());
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Multiplicative_attention_without_a_matrix_is_the_product(bool masked)
    {
        var layer = new MultiplicativeAttention(KeyFeatures, KeyFeatures, general: false);
        Assert.Empty(layer.Parameters);
        var query = Normal([Batch, Queries, KeyFeatures], 5);
        var lengths = masked ? Lengths : null;
        Check(layer.Forward(query, Memory, lengths), layer.Weights(query, Memory, lengths), masked, (b, i, j) => At(query, b, i).Zip(At(Memory, b, j), (x, y) => (double)x * y).Sum());
    }

    [Fact]
    public void What_stands_behind_the_end_of_a_memory_does_not_matter()
    {
        var (additive, multiplicative) = (new AdditiveAttention(QueryFeatures, KeyFeatures, Hidden, new RandomSource(1)), new MultiplicativeAttention(QueryFeatures, KeyFeatures, random: new RandomSource(1)));
        var other = Memory.Clone();
        other.Span[(Keys + 2) * KeyFeatures] += 1; // the second memory has two steps
        Assert.Equal(additive.Forward(Query, Memory, Lengths).ToArray(), additive.Forward(Query, other, Lengths).ToArray());
        Assert.Equal(multiplicative.Forward(Query, Memory, Lengths).ToArray(), multiplicative.Forward(Query, other, Lengths).ToArray());
        Assert.NotEqual(additive.Forward(Query, Memory).ToArray(), additive.Forward(Query, other).ToArray());
        Assert.NotEqual(multiplicative.Forward(Query, Memory).ToArray(), multiplicative.Forward(Query, other).ToArray());
    }

    [Fact]
    public void Lengths_are_read_at_every_run_and_a_warm_step_allocates_nothing()
    {
        var (additive, multiplicative) = (new AdditiveAttention(QueryFeatures, KeyFeatures, Hidden, new RandomSource(1)), new MultiplicativeAttention(KeyFeatures, KeyFeatures, random: new RandomSource(1)));
        var optimizer = new Sgd([.. additive.Parameters, .. multiplicative.Parameters], 0);
        var step = CapturedStep.Of((x, lengths) =>
        {
            optimizer.ZeroGradient();
            var context = multiplicative.Forward(additive.Forward(x[0], x[1], lengths[0]), x[1], lengths[0]);
            var loss = context.Square().Mean();
            loss.Backward();
            optimizer.Step();
            return [loss];
        });
        Tensor[] inputs = [Query, Memory];
        foreach (IntTensor lengths in new[] { Lengths, new IntTensor(1, 6, 3) })
        {
            IntTensor[] integers = [lengths];
            float expected = multiplicative.Forward(additive.Forward(Query, Memory, lengths), Memory, lengths).Square().Mean().Item();
            Assert.Equal(expected, step.Run(inputs, integers)[0].Item(), 1e-5f);
            Assert.Null(step.Obstacle);
            Assert.Equal(0, Allocation.OfWarm(() => step.Run(inputs, integers)));
        }
    }

    [Fact]
    public void Bad_input_is_answered_with_what_was_expected()
    {
        var additive = new AdditiveAttention(QueryFeatures, KeyFeatures, Hidden);
        Assert.Contains("queries [batch, time, 5]; got [3, 6, 7]", Assert.Throws<ShapeException>(() => additive.Forward(Memory)).Message, StringComparison.Ordinal);
        Assert.Contains("a memory [batch, time, 7]; got [3, 4, 5]", Assert.Throws<ShapeException>(() => additive.Forward(Query, Query)).Message, StringComparison.Ordinal);
        Assert.Contains("0 ... 6; got 7", Assert.Throws<ArgumentException>(() => additive.Forward(Query, Memory, new IntTensor(1, 7, 2))).Message, StringComparison.Ordinal);
        Assert.Contains("needs 3 lengths; got 2", Assert.Throws<ArgumentException>(() => additive.Forward(Query, Memory, new IntTensor(1, 2))).Message, StringComparison.Ordinal);
        Assert.Contains("got [2, 4, 9], [3, 6, 9]", Assert.Throws<ShapeException>(() => additive.Forward(Normal([2, 4, 5], 1), Memory)).Message, StringComparison.Ordinal);
        Assert.Contains("a memory [batch, time, 7]; got [3, 4, 5]", Assert.Throws<ShapeException>(() => new MultiplicativeAttention(QueryFeatures, KeyFeatures).Forward(Query, Query)).Message, StringComparison.Ordinal);
        Assert.Contains("use general: true", Assert.Throws<ArgumentException>(() => new MultiplicativeAttention(5, 7, general: false)).Message, StringComparison.Ordinal);
        Assert.Contains("[batch, ..., keys]; got [4]", Assert.Throws<ShapeException>(() => Tensor.Zeros([4]).MaskedSoftmax(new IntTensor(1))).Message, StringComparison.Ordinal);
    }

    // against the softmax of the scores as far as a memory goes, and the mean under it
    private static void Check(Tensor context, Tensor weights, bool masked, Func<int, int, int, double> score)
    {
        Assert.Equal([Batch, Queries, Keys], weights.Shape);
        Assert.Equal([Batch, Queries, KeyFeatures], context.Shape);
        for (int b = 0; b < Batch; b++)
        {
            int length = masked ? Lengths.Span[b] : Keys;
            for (int i = 0; i < Queries; i++)
            {
                double[] powers = [.. Enumerable.Range(0, Keys).Select(j => j < length ? Math.Exp(score(b, i, j)) : 0)];
                var row = At(weights, b, i);
                for (int j = 0; j < Keys; j++) Assert.Equal(powers[j] / powers.Sum(), row[j], 1e-5);
                Assert.All(row[length..], weight => Assert.Equal(0, weight));
                Assert.Equal(1, row.Sum(), 1e-5f);
                for (int c = 0; c < KeyFeatures; c++)
                    Assert.Equal(Enumerable.Range(0, Keys).Sum(j => powers[j] / powers.Sum() * At(Memory, b, j)[c]), At(context, b, i)[c], 1e-5);
            }
        }
    }

    private static float[] At(Tensor x, int first, int second) => x.Span.Slice((first * x.Shape[1] + second) * x.Shape[2], x.Shape[2]).ToArray();

    private static double Product(Span<float> weight, int first, float[] x)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++) sum += (double)weight[first + i] * x[i];
        return sum;
    }

    private static Tensor Normal(Shape shape, ulong seed)
    {
        var x = Tensor.Zeros(shape);
        new RandomSource(seed).Normal(x.Span);
        return x;
    }
}
