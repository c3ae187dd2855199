using Gradus.Kernels;

namespace Gradus.Tests.Kernels;

public class SoftmaxRowsTests
{
    public static TheoryData<int, int> Sizes => new(
        from rows in new[] { 1, 3, 16, 37 }
        from length in new[] { 1, 2, 10, 15, 16, 17, 32, 33, 48, 1009 }
        select (rows, length));

    [Theory, MemberData(nameof(Sizes))]
    public void Both_and_their_derivatives_agree_with_double_precision(int rows, int length)
    {
        var random = new Random(rows + length);
        float[] x = Numbers(random, rows * length, 20), dy = Numbers(random, x.Length, 1), y = new float[x.Length], log = new float[x.Length];
        float[] dx = new float[x.Length], dLog = new float[x.Length], maxima = new float[rows], logarithms = new float[rows];
        SoftmaxRows.Forward(x, y, length, logarithm: false, maxima, logarithms);
        SoftmaxRows.Forward(x, log, length, logarithm: true);
        SoftmaxRows.Backward(y, dy, dx, length, logarithm: false);
        SoftmaxRows.Backward(log, dy, dLog, length, logarithm: true);

        for (int row = 0; row < rows; row++)
        {
            int first = row * length;
            float[] line = x[first..(first + length)], gradient = dy[first..(first + length)];
            double maximum = line.Max(), sum = line.Sum(value => Math.Exp(value - maximum));
            double[] expected = [.. line.Select(value => Math.Exp(value - maximum) / sum)];
            double dot = expected.Zip(gradient, (p, d) => p * d).Sum(), total = gradient.Sum(d => (double)d);
            Assert.Equal(line.Max(), maxima[row]);
            Assert.Equal(Math.Log(sum), logarithms[row], 1e-5);
            for (int i = 0; i < length; i++)
            {
                Assert.Equal(expected[i], y[first + i], 1e-6);
                Assert.Equal(line[i] - maximum - Math.Log(sum), log[first + i], 1e-5);
                Assert.Equal(expected[i] * (gradient[i] - dot), dx[first + i], 1e-6);
                Assert.Equal(gradient[i] - expected[i] * total, dLog[first + i], 2e-5);
            }
        }
    }

    [Theory]
    [InlineData(7), InlineData(37)]
    public void The_result_may_replace_its_operand_and_a_row_knows_nothing_of_its_neighbours(int length)
    {
        float[] x = Numbers(new Random(1), 19 * length, 5), apart = new float[x.Length], alone = new float[length];
        SoftmaxRows.Forward(x, apart, length, logarithm: false);
        SoftmaxRows.Forward(x.AsSpan(17 * length, length), alone, length, logarithm: false);
        SoftmaxRows.Forward(x, x, length, logarithm: false);
        Assert.Equal(apart, x);
        Assert.Equal(alone, x[(17 * length)..(18 * length)]);
    }

    [Theory]
    [InlineData(19), InlineData(40)]
    public void Large_numbers_do_not_overflow_and_a_NaN_is_not_hidden(int length)
    {
        float[] y = new float[length], log = new float[length], many = [.. Enumerable.Repeat(3e38f, length - 1), -3e38f];
        SoftmaxRows.Forward(many, y, length, logarithm: false);
        Assert.Equal(0, y[^1]);
        Assert.All(y[..^1], value => Assert.Equal(1f / (length - 1), value, 1e-8f));
        float[] one = [.. Enumerable.Repeat(-200f, length - 1), 0];
        SoftmaxRows.Forward(one, log, length, logarithm: true);
        Assert.Equal(one, log);
        foreach (int place in new[] { 0, length / 2, length - 1 })
        {
            float[] x = new float[length];
            x[place] = float.NaN;
            SoftmaxRows.Forward(x, y, length, logarithm: false);
            Assert.All(y, value => Assert.True(float.IsNaN(value)));
        }
    }

    [Theory]
    [InlineData(1), InlineData(16), InlineData(35)]
    public void The_gradient_of_cross_entropy_is_the_softmax_less_one_at_the_label(int length)
    {
        float[] softmax = Numbers(new Random(2), 2 * length, 1), dx = new float[2 * length];
        int[] labels = [length / 2, length - 1];
        SoftmaxRows.CrossEntropyBackward(softmax, labels, 0.25f, dx);
        for (int i = 0; i < dx.Length; i++) Assert.Equal((softmax[i] - (i % length == labels[i / length] ? 1 : 0)) * 0.25f, dx[i], 1e-7f);
    }

    private static float[] Numbers(Random random, int count, double scale) => [.. Enumerable.Range(0, count).Select(_ => (float)((2 * random.NextDouble() - 1) * scale))];
}
