using Gradus.Kernels;

namespace Gradus.Tests.Kernels;

[Collection(nameof(ThreadCounts))]
public class FlashAttentionTests
{
    public static TheoryData<int, int, int, int, int, bool> Sizes => new()
    {
        { 1, 1, 1, 1, 1, false }, { 2, 2, 5, 7, 3, false }, { 1, 2, 33, 130, 16, false }, { 2, 1, 130, 130, 32, true }, { 1, 1, 9, 260, 20, false },
        { 1, 2, 65, 65, 64, true }, { 1, 1, 40, 13, 8, true }, { 1, 1, 131, 257, 33, true },
    };

    [Theory, MemberData(nameof(Sizes))]
    public void Output_and_gradients_agree_with_double_precision(int batch, int heads, int queries, int keys, int size, bool causal)
    {
        foreach (float rate in new[] { 0, 0.25f })
        {
            var problem = new Problem(batch, heads, queries, keys, size, causal, rate);
            problem.Run();
            problem.Check();
        }
    }

    [Fact]
    public void The_bits_do_not_depend_on_the_number_of_threads()
    {
        int threads = Workers.Threads;
        try
        {
            var results = new float[2][];
            for (int i = 0; i < 2; i++)
            {
                Workers.Threads = i + 1;
                var problem = new Problem(3, 2, 140, 150, 24, causal: false, rate: 0.1f);
                problem.Run();
                results[i] = [.. problem.Output, .. problem.QueryGradient, .. problem.KeyGradient, .. problem.ValueGradient];
            }

            Assert.Equal(results[0], results[1]);
        }
        finally
        {
            Workers.Threads = threads;
        }
    }

    [Fact]
    public void Numbers_past_the_end_of_a_sequence_are_never_read_and_get_no_gradient()
    {
        var problem = new Problem(2, 2, 20, 30, 16, causal: false, rate: 0) { Lengths = [0, 17] };
        for (int head = 0; head < 4; head++)
        {
            int first = head < 2 ? 0 : 17;
            problem.Key.AsSpan((head * 30 + first) * 16, (30 - first) * 16).Fill(float.NaN);
            problem.Value.AsSpan((head * 30 + first) * 16, (30 - first) * 16).Fill(float.NaN);
        }

        problem.Run();
        Assert.All([problem.Output, problem.QueryGradient, problem.KeyGradient, problem.ValueGradient], result => Assert.DoesNotContain(float.NaN, result));
        Assert.All(problem.Output[..(2 * 20 * 16)], value => Assert.Equal(0, value));
        Assert.All(problem.KeyGradient[((3 * 30 + 17) * 16)..], value => Assert.Equal(0, value));
        Assert.Contains(problem.KeyGradient[(3 * 30 * 16)..((3 * 30 + 17) * 16)], value => value != 0);
    }

    [Fact]
    public void A_NaN_is_not_hidden_and_large_scores_do_not_overflow()
    {
        var problem = new Problem(1, 1, 3, 5, 4, causal: false, rate: 0);
        for (int i = 0; i < problem.Query.Length; i++) problem.Query[i] *= 1e18f;
        problem.Run();
        Assert.All(problem.Output, value => Assert.True(float.IsFinite(value)));
        problem.Key[2] = float.NaN;
        problem.Run();
        Assert.All(problem.Output, value => Assert.Equal(float.NaN, value));
    }

    [Fact]
    public void A_gradient_that_is_not_wanted_leaves_the_others_as_they_were()
    {
        var problem = new Problem(1, 2, 19, 35, 12, causal: true, rate: 0);
        problem.Run();
        float[] query = [.. problem.QueryGradient], key = [.. problem.KeyGradient], value = [.. problem.ValueGradient];
        problem.Run(wantsQuery: false, wantsKey: true, wantsValue: false);
        Assert.Equal(key, problem.KeyGradient);
        problem.Run(wantsQuery: true, wantsKey: false, wantsValue: true);
        Assert.Equal(query, problem.QueryGradient);
        Assert.Equal(value, problem.ValueGradient);
    }

    [Fact]
    public void A_length_beyond_the_keys_is_refused()
    {
        var problem = new Problem(1, 1, 2, 3, 4, causal: false, rate: 0) { Lengths = [4] };
        Assert.Contains("0 ... 3; got 4", Assert.Throws<ArgumentException>(() => problem.Run()).Message, StringComparison.Ordinal);
        problem.Lengths = [3, 3];
        Assert.Contains("needs 1 lengths; got 2", Assert.Throws<ArgumentException>(() => problem.Run()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1), InlineData(7), InlineData(8), InlineData(16), InlineData(37)]
    public unsafe void Dropout_draws_the_numbers_of_its_generator(int count)
    {
        var generator = new Philox(0x1234_5678_9ABC_DEF0);
        const ulong Stream = 0x0000_0007_0000_0003;
        float[] factors = new float[4 * count];
        fixed (float* f = factors) DropoutFactors.Fill(generator, Stream, 5, uint.MaxValue - 3, 3, 0.3f, f, count);
        for (int i = 0; i < count; i++)
        {
            var (a, b, c, d) = generator.Block(Stream, (5ul << 32) | (uint.MaxValue - 3 + (uint)i * 3));
            uint[] words = [a, b, c, d];
            for (int word = 0; word < 4; word++) Assert.Equal(words[word] < (uint)(0.3f * 4294967296.0) ? 0 : 1 / 0.7f, factors[word * count + i]);
        }
    }

    /// <summary>Heads on an axis of their own.</summary>
    private sealed class Problem
    {
        private readonly AttentionShape _shape;
        private readonly AttentionDropout _dropout;
        private readonly float[] _gradient, _statistics;

        public Problem(int batch, int heads, int queries, int keys, int size, bool causal, float rate)
        {
            HeadStrides query = new(heads * queries * size, queries * size, size), key = new(heads * keys * size, keys * size, size);
            _shape = new AttentionShape(batch, heads, queries, keys, size, query, key, query, 1 / MathF.Sqrt(size), causal);
            _dropout = new AttentionDropout(new Philox(9), 4, rate);
            _statistics = new float[_shape.StatisticsLength];
            int asked = batch * heads * queries * size, given = batch * heads * keys * size;
            (Query, Output, QueryGradient, _gradient) = (Numbers(asked, 1), new float[asked], new float[asked], Numbers(asked, 4));
            (Key, Value, KeyGradient, ValueGradient) = (Numbers(given, 2), Numbers(given, 3), new float[given], new float[given]);
        }

        public int[] Lengths { get; set; } = [];

        public float[] Query { get; }

        public float[] Key { get; }

        public float[] Value { get; }

        public float[] Output { get; }

        public float[] QueryGradient { get; }

        public float[] KeyGradient { get; }

        public float[] ValueGradient { get; }

        public void Run(bool wantsQuery = true, bool wantsKey = true, bool wantsValue = true)
        {
            FlashAttention.Forward(_shape, _dropout, Lengths, Query, Key, Value, [], Output, _statistics);
            FlashAttention.Backward(
                _shape, _dropout, Lengths, Query, Key, Value, [], Output, _statistics, _gradient, wantsQuery ? QueryGradient : [], wantsKey ? KeyGradient : [], wantsValue ? ValueGradient : []);
        }

        public void Check()
        {
            double[] output = new double[Output.Length], dQuery = new double[Output.Length], dKey = new double[Key.Length], dValue = new double[Key.Length];
            for (int head = 0; head < _shape.Batch * _shape.Heads; head++)
            {
                for (int i = 0; i < _shape.Queries; i++) Row(head, i, output, dQuery, dKey, dValue);
            }

            Close(output, Output, "output");
            Close(dQuery, QueryGradient, "query gradient");
            Close(dKey, KeyGradient, "key gradient");
            Close(dValue, ValueGradient, "value gradient");
        }

        private void Row(int head, int i, double[] output, double[] dQuery, double[] dKey, double[] dValue)
        {
            int size = _shape.HeadSize, keys = _shape.Causal ? Math.Min(i + 1, _shape.Keys) : _shape.Keys, q = (head * _shape.Queries + i) * size, k = head * _shape.Keys * size;
            double[] powers = [.. Enumerable.Range(0, keys).Select(j => Math.Exp(_shape.Scale * Enumerable.Range(0, size).Sum(c => (double)Query[q + c] * Key[k + j * size + c])))];
            double[] kept = [.. Enumerable.Range(0, keys).Select(j => Kept(head, i, j))], dWeights = new double[keys];
            double sum = powers.Sum();
            for (int j = 0; j < keys; j++)
            {
                double weight = powers[j] / sum * kept[j];
                for (int c = 0; c < size; c++)
                {
                    output[q + c] += weight * Value[k + j * size + c];
                    dValue[k + j * size + c] += weight * _gradient[q + c];
                    dWeights[j] += kept[j] * _gradient[q + c] * Value[k + j * size + c];
                }
            }

            double mean = Enumerable.Range(0, keys).Sum(j => powers[j] / sum * dWeights[j]);
            for (int j = 0; j < keys; j++)
            {
                double slope = _shape.Scale * powers[j] / sum * (dWeights[j] - mean);
                for (int c = 0; c < size; c++)
                {
                    dQuery[q + c] += slope * Key[k + j * size + c];
                    dKey[k + j * size + c] += slope * Query[q + c];
                }
            }
        }

        private double Kept(int head, int i, int j)
        {
            if (_dropout.Rate == 0) return 1;
            var (a, b, c, d) = _dropout.Generator.Block(_dropout.Stream, ((ulong)head << 32) + (ulong)(i * ((_shape.Keys + 3) / 4) + j / 4));
            return (j % 4) switch { 0 => a, 1 => b, 2 => c, _ => d } < _dropout.Rate * 4294967296.0 ? 0 : 1 / (1 - (double)_dropout.Rate);
        }

        private static void Close(double[] expected, float[] actual, string name)
        {
            double scale = expected.Max(Math.Abs);
            for (int i = 0; i < expected.Length; i++) Assert.True(Math.Abs(expected[i] - actual[i]) <= 1e-5 * scale + 1e-6, $"{name} [{i}]: {actual[i]} against {expected[i]}");
        }

        private static float[] Numbers(int count, ulong seed)
        {
            float[] values = new float[count];
            new RandomSource(seed).Uniform(values, -1.5f, 1.5f);
            return values;
        }
    }
}
