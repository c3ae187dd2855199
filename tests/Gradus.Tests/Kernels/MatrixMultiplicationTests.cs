using CsCheck;
using Gradus.Kernels;

namespace Gradus.Tests.Kernels;

/// <summary>Tests that set <see cref="Workers.Threads"/>: they must not run beside each other.</summary>
[CollectionDefinition(nameof(ThreadCounts), DisableParallelization = true)]
public sealed class ThreadCounts;

[Collection(nameof(ThreadCounts))]
public class MatrixMultiplicationTests
{
    private static readonly Gen<int> Sizes = Gen.OneOf(Gen.Int[0, 5], Gen.Int[1, 70], Gen.Int[1, 9].Select(i => 16 * i), Gen.Int[1, 9].Select(i => 16 * i + 1));

    public static TheoryData<int, int, int> LargeShapes => new()
    {
        { 13, 33, 385 }, { 192, 70, 770 }, { 250, 530, 401 }, { 500, 10, 64 }, { 12, 1030, 100 }, { 1, 129, 1000 }, { 300, 1, 50 },
        { 10, 17, 4099 }, { 64, 10, 2304 }, { 241, 513, 384 }, { 1, 1, 5000 }, { 200, 100, 1 }, { 12, 45, 2500 },
    };

    [Fact]
    public void Random_shapes_in_every_orientation_agree_with_double_precision() =>
        Gen.Select(Gen.Select(Sizes, Sizes, Sizes), Gen.Bool, Gen.Bool, Gen.Bool, Gen.Bool, Gen.Bool).Sample(
            (shape, transposeA, transposeB, accumulate, bias, relu) => Check(shape.Item1, shape.Item2, shape.Item3, transposeA, transposeB, accumulate, bias, relu),
            iter: 2000);

    [Theory, MemberData(nameof(LargeShapes))]
    public void Large_shapes_in_every_orientation_agree_with_double_precision(int m, int n, int k)
    {
        for (int options = 0; options < 8; options++)
        {
            bool epilogue = (options & 4) != 0;
            Check(m, n, k, (options & 1) != 0, (options & 2) != 0, epilogue, epilogue, epilogue);
        }
    }

    [Theory]
    [InlineData(260, 190, 500), InlineData(30, 300, 900), InlineData(20, 40, 8000), InlineData(1000, 64, 100)]
    public void The_bits_do_not_depend_on_the_number_of_threads(int m, int n, int k)
    {
        float[] a = Numbers(m * k, 1), b = Numbers(k * n, 2);
        int threads = Workers.Threads;
        try
        {
            var results = new float[3][];
            for (int i = 0; i < 3; i++)
            {
                Workers.Threads = i + 1;
                MatrixMultiplication.Multiply(a, false, b, true, results[i] = new float[m * n], m, n, k);
            }

            Assert.Equal(results[0], results[1]);
            Assert.Equal(results[0], results[2]);
        }
        finally
        {
            Workers.Threads = threads;
        }
    }

    [Theory]
    [InlineData(5, 3, 4, 6), InlineData(7, 24, 40, 33), InlineData(3, 200, 50, 60), InlineData(2, 8, 8, 3000), InlineData(16, 64, 64, 32)]
    public void A_batch_equals_its_products_one_by_one_and_a_stride_of_zero_repeats_an_operand(int batch, int m, int n, int k)
    {
        float[] a = Numbers(batch * m * k, 3), b = Numbers(batch * k * n, 4);
        foreach (var (strideA, strideB) in new[] { (m * k, k * n), (0, k * n), (m * k, 0) })
        {
            var results = new float[batch * m * n];
            MatrixMultiplication.MultiplyBatched(batch, a, strideA, true, b, strideB, false, results, m, n, k);
            for (int i = 0; i < batch; i++)
            {
                var one = new float[m * n];
                MatrixMultiplication.Multiply(a.AsSpan(i * strideA, m * k), true, b.AsSpan(i * strideB, k * n), false, one, m, n, k);
                Assert.Equal(one, results[(i * m * n)..((i + 1) * m * n)]);
            }
        }
    }

    [Theory]
    [InlineData(float.NaN), InlineData(float.PositiveInfinity)]
    public void A_value_that_is_not_finite_spoils_its_own_row_and_no_other(float value)
    {
        const int m = 29, n = 45, k = 50;
        float[] a = Numbers(m * k, 5), b = Numbers(k * n, 6), c = new float[m * n];
        a[17 * k + 3] = value;
        MatrixMultiplication.Multiply(a, false, b, false, c, m, n, k);
        for (int i = 0; i < m * n; i++) Assert.Equal(i / n != 17, float.IsFinite(c[i]));
    }

    [Theory]
    [InlineData(2, 2, 2), InlineData(20, 37, 40), InlineData(4, 33, 3000)]
    public void Relu_keeps_NaN(int m, int n, int k)
    {
        var a = Numbers(m * k, 7);
        a[0] = float.NaN;
        var c = new float[m * n];
        MatrixMultiplication.Multiply(a, false, Numbers(k * n, 8), false, c, m, n, k, activation: FusedActivation.Relu);
        Assert.All(c[..n], x => Assert.True(float.IsNaN(x)));
        Assert.All(c[n..], x => Assert.True(x >= 0));
    }

    [Fact]
    public unsafe void Rows_of_the_result_may_lie_apart_and_the_gap_is_left_alone()
    {
        const int m = 30, n = 37, k = 20, stride = 50;
        float[] a = Numbers(m * k, 9), b = Numbers(k * n, 10), c = new float[m * stride], dense = new float[m * n];
        Array.Fill(c, 7f);
        fixed (float* pa = a, pb = b, pc = c) MatrixMultiplication.Multiply(new MatrixView(pa, k, 1), new MatrixView(pb, n, 1), pc, stride, m, n, k);
        MatrixMultiplication.Multiply(a, false, b, false, dense, m, n, k);
        for (int i = 0; i < m; i++)
        {
            Assert.Equal(dense[(i * n)..((i + 1) * n)], c[(i * stride)..(i * stride + n)]);
            Assert.All(c[(i * stride + n)..((i + 1) * stride)], x => Assert.Equal(7f, x));
        }
    }

    [Fact]
    public void A_warm_call_allocates_nothing()
    {
        foreach (var (m, n, k) in new[] { (3, 4, 5), (40, 50, 60), (256, 256, 256), (16, 16, 4096) })
        {
            float[] a = Numbers(m * k, 11), b = Numbers(k * n, 12), c = new float[m * n];
            for (int i = 0; i < 3; i++) MatrixMultiplication.Multiply(a, false, b, false, c, m, n, k);
            long before = GC.GetAllocatedBytesForCurrentThread();
            MatrixMultiplication.Multiply(a, false, b, false, c, m, n, k);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    [Fact]
    public void A_short_span_is_refused_with_both_lengths()
    {
        var failure = Assert.Throws<ArgumentException>(() => MatrixMultiplication.Multiply(new float[5], false, new float[6], false, new float[4], 2, 2, 3));
        Assert.Contains("6 floats of a; got 5", failure.Message, StringComparison.Ordinal);
    }

    private static void Check(int m, int n, int k, bool transposeA, bool transposeB, bool accumulate, bool hasBias, bool relu)
    {
        float[] a = Numbers(m * k, 1), b = Numbers(k * n, 2), c = Numbers(m * n, 3), bias = hasBias ? Numbers(n, 4) : [];
        float[] before = [.. c];
        MatrixMultiplication.Multiply(a, transposeA, b, transposeB, c, m, n, k, accumulate, bias, relu ? FusedActivation.Relu : FusedActivation.None);
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double sum = (accumulate ? before[i * n + j] : 0) + (hasBias ? bias[j] : 0), magnitude = 1;
                for (int p = 0; p < k; p++)
                {
                    double term = (double)a[transposeA ? p * m + i : i * k + p] * b[transposeB ? j * k + p : p * n + j];
                    sum += term;
                    magnitude += Math.Abs(term);
                }

                double expected = relu ? Math.Max(sum, 0) : sum;
                Assert.True(Math.Abs(c[i * n + j] - expected) <= 2e-6 * magnitude, $"[{m}, {k}] x [{k}, {n}] at ({i}, {j}): {c[i * n + j]} instead of {expected}");
            }
        }
    }

    private static float[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        var numbers = new float[count];
        for (int i = 0; i < count; i++) numbers[i] = random.NextSingle() * 2 - 1;
        return numbers;
    }
}
