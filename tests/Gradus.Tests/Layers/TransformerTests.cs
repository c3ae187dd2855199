using Gradus.Graph;
using Gradus.Layers;
using Gradus.Losses;
using Gradus.Ops;
using Gradus.Tests.Kernels;
using Linear = Gradus.Layers.Linear;

namespace Gradus.Tests.Layers;

[Collection(nameof(ThreadCounts))] // counts the bytes that the whole process allocates: nothing may run beside it
public class TransformerTests
{
    [Theory, InlineData(false), InlineData(true)]
    public void Multi_head_attention_is_projection_product_softmax_product_projection(bool cross)
    {
        const int Width = 12, Heads = 3, Batch = 2, Queries = 5, Keys = 7;
        var layer = new MultiHeadAttention(Width, Heads, random: new RandomSource(1));
        new RandomSource(2).Uniform(layer.InProjBias!.Span, -1, 1);
        Tensor x = Normal([Batch, Queries, Width], 3), memory = cross ? Normal([Batch, Keys, Width], 4) : x;
        Tensor q = Project(x, 0), k = Project(memory, 1), v = Project(memory, 2);                        // [batch, heads, time, d]
        var weights = (q.MatMul(k, transposeB: true) / MathF.Sqrt(Width / Heads)).Softmax();               // [batch, heads, queries, keys]
        var expected = layer.OutProj.Forward(weights.MatMul(v).Permute(0, 2, 1, 3).Reshape(Batch, Queries, Width)).ToArray();
        var actual = (cross ? layer.Forward(x, memory) : layer.Forward(x)).ToArray();
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-5f);

        Tensor Project(Tensor from, int part) =>
            from.Linear(layer.InProjWeight.Slice(0, part * Width, Width), layer.InProjBias.Slice(0, part * Width, Width)).Reshape(Batch, -1, Heads, Width / Heads).Permute(0, 2, 1, 3);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void A_causal_layer_does_not_see_what_comes_later(bool normFirst)
    {
        var layer = new TransformerEncoderLayer(8, 2, 16, normFirst: normFirst, rotary: true, random: new RandomSource(1));
        layer.Evaluate();
        var x = Normal([1, 6, 8], 2);
        float[] before = layer.Forward(x, causal: true).ToArray();
        x.Span[(4 * 8)..].Fill(3);
        float[] after = layer.Forward(x, causal: true).ToArray();
        Assert.Equal(before[..(4 * 8)], after[..(4 * 8)]);
        Assert.NotEqual(before[(4 * 8)..], after[(4 * 8)..]);
    }

    [Fact]
    public void A_decoder_sees_its_past_and_the_memory_as_far_as_they_exist()
    {
        var layer = new TransformerDecoderLayer(8, 2, 16, random: new RandomSource(1));
        layer.Evaluate();
        Tensor x = Normal([2, 5, 8], 2), memory = Normal([2, 4, 8], 3);
        var lengths = new IntTensor(4, 2);
        float[] before = layer.Forward(x, memory, memoryLengths: lengths).ToArray();
        x.Span[(4 * 8)..(5 * 8)].Fill(3);           // the first sequence's last step
        memory.Span[(6 * 8)..].Fill(float.NaN);      // the second memory's end
        float[] after = layer.Forward(x, memory, memoryLengths: lengths).ToArray();
        Assert.Equal(before[..(4 * 8)], after[..(4 * 8)]);
        Assert.Equal(before[(5 * 8)..], after[(5 * 8)..]);
        memory.Span[0] += 1;
        Assert.NotEqual(after[..8], layer.Forward(x, memory, memoryLengths: lengths).ToArray()[..8]);
        Assert.Throws<InvalidOperationException>(() => layer.Forward(x));
    }

    [Fact]
    public void What_stands_behind_the_end_of_a_sequence_does_not_matter()
    {
        var layer = new TransformerEncoderLayer(8, 2, 16, random: new RandomSource(1));
        layer.Evaluate();
        var (x, lengths) = (Normal([2, 5, 8], 2), new IntTensor(3, 5));
        float[] before = layer.Forward(x, causal: false, lengths).ToArray();
        x.Span[(3 * 8)..(5 * 8)].Fill(7);
        float[] after = layer.Forward(x, causal: false, lengths).ToArray();
        Assert.Equal(before[..(3 * 8)], after[..(3 * 8)]);
        Assert.Equal(before[(5 * 8)..], after[(5 * 8)..]);
    }

    [Fact]
    public void Rotary_products_depend_on_the_distance_alone()
    {
        var one = Normal([1, 1, 12], 5);
        var rotated = new RotaryPositions(2).Forward(Tensor.Concat(1, [.. Enumerable.Repeat(one, 9)])).ToArray(); // the same vector at 9 steps
        for (int distance = 0; distance < 4; distance++)
        {
            double first = Product(0, distance);
            for (int step = 1; step + distance < 9; step++) Assert.Equal(first, Product(step, step + distance), 1e-4);
        }

        Assert.NotEqual(Product(0, 0), Product(0, 3), 1e-2);

        double Product(int a, int b) => Enumerable.Range(0, 6).Sum(i => (double)rotated[a * 12 + i] * rotated[b * 12 + i]); // the first head's
    }

    [Fact]
    public void Sinusoidal_positions_are_those_of_the_paper()
    {
        float[] table = new SinusoidalPositions().Forward(Tensor.Zeros([1, 3, 4])).ToArray();
        double[] expected = [0, 1, 0, 1, Math.Sin(1), Math.Cos(1), Math.Sin(0.01), Math.Cos(0.01), Math.Sin(2), Math.Cos(2), Math.Sin(0.02), Math.Cos(0.02)];
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], table[i], 1e-6);
    }

    [Fact]
    public void Parameters_have_the_names_of_PyTorch()
    {
        Assert.Equal(
            ["linear1.bias", "linear1.weight", "linear2.bias", "linear2.weight", "norm1.bias", "norm1.weight", "norm2.bias", "norm2.weight",
             "self_attn.in_proj_bias", "self_attn.in_proj_weight", "self_attn.out_proj.bias", "self_attn.out_proj.weight"],
            new TransformerEncoderLayer(8, 2, 16).NamedParameters().Select(named => named.Name).Order(StringComparer.Ordinal));
        var decoder = new TransformerDecoderLayer(8, 2, 16).NamedParameters().Select(named => named.Name).ToHashSet();
        Assert.Superset(new HashSet<string> { "multihead_attn.in_proj_weight", "multihead_attn.out_proj.bias", "norm3.weight", "linear2.bias" }, decoder);
    }

    [Fact]
    public void A_warm_training_step_with_dropout_allocates_nothing()
    {
        var random = new RandomSource(3);
        var model = new Sequential(new TransformerEncoderLayer(16, 2, 32, dropout: 0.2f, gelu: true, rotary: true, random: random), new Flatten(), new Linear(16 * 9, 3, random: random));
        var step = TrainingStep.Capture(model, CrossEntropy.Of, new Adam(model.Parameters));
        var (x, labels) = (Normal([4, 9, 16], 1), new IntTensor(0, 1, 2, 0));
        float first = step.Run(x, labels);
        Assert.Null(step.Obstacle);
        Assert.Equal(0, Allocation.OfWarm(() => step.Run(x, labels)));
        Assert.True(step.Run(x, labels) < first);
    }

    [Fact]
    public void Bad_input_is_answered_with_what_was_expected()
    {
        Assert.Contains("5 heads do not divide a width of 12", Assert.Throws<ArgumentException>(() => new MultiHeadAttention(12, 5)).Message, StringComparison.Ordinal);
        var attention = new MultiHeadAttention(12, 3);
        Assert.Contains("[batch, time, 12]; got [2, 4, 8]", Assert.Throws<ShapeException>(() => attention.Forward(Tensor.Zeros([2, 4, 8]))).Message, StringComparison.Ordinal);
        Assert.Contains("must be [4, 4]", Assert.Throws<ShapeException>(() => attention.Forward(Tensor.Zeros([2, 4, 12]), causal: false, mask: Tensor.Zeros([4, 3]))).Message, StringComparison.Ordinal);
        var mask = Parameter.Zeros([4, 4]);
        Assert.Contains("Detach()", Assert.Throws<ArgumentException>(() => attention.Forward(Tensor.Zeros([2, 4, 12]), causal: false, mask: mask)).Message, StringComparison.Ordinal);
        Assert.Contains("at most 3", Assert.Throws<ShapeException>(() => new LearnedPositions(3, 12).Forward(Tensor.Zeros([2, 4, 12]))).Message, StringComparison.Ordinal);
    }

    private static Tensor Normal(Shape shape, ulong seed)
    {
        var x = Tensor.Zeros(shape);
        new RandomSource(seed).Normal(x.Span);
        return x;
    }
}
