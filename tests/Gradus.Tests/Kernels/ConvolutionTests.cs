using Gradus.Kernels;
using Gradus.Kernels.Convolution;
using static Gradus.Tests.Kernels.ConvolutionReference;

namespace Gradus.Tests.Kernels;

public class ConvolutionTests
{
    /// <summary>Random geometries over the sizes where blocks, runs and borders end.</summary>
    internal static IEnumerable<ConvolutionGeometry> Geometries(int count, int seed)
    {
        var random = new Random(seed);
        int[] channels = [1, 3, 16, 17, 33, 64], sizes = [1, 2, 3, 5, 7, 13, 16, 19], kernels = [1, 2, 3, 3, 3, 5];
        int Pick(int[] from) => from[random.Next(from.Length)];
        while (count > 0)
        {
            var g = new ConvolutionGeometry
            {
                Batch = random.Next(1, 4),
                InChannels = Pick(channels),
                InHeight = Pick(sizes),
                InWidth = Pick(sizes),
                OutChannels = Pick(channels),
                KernelHeight = Pick(kernels),
                KernelWidth = Pick(kernels),
                StrideY = random.Next(1, 4),
                StrideX = random.Next(1, 4),
                PadTop = random.Next(3),
                PadLeft = random.Next(3),
                PadBottom = random.Next(3),
                PadRight = random.Next(3),
                DilationY = random.Next(1, 3),
                DilationX = random.Next(1, 3),
                PlainInput = random.Next(3) == 0,
            };
            if (random.Next(2) == 0) g = g with { StrideY = 1, StrideX = 1, DilationX = 1, DilationY = 1 };
            bool reaches = g.InHeight + g.PadTop + g.PadBottom > g.DilationY * (g.KernelHeight - 1) && g.InWidth + g.PadLeft + g.PadRight > g.DilationX * (g.KernelWidth - 1);
            if (!reaches || (long)g.Batch * g.OutChannels * g.OutHeight * g.OutWidth * g.InChannels * g.Taps > 20_000_000) continue;
            count--;
            yield return g;
        }
    }

    public static TheoryData<int> Seeds => [1, 2, 3, 4, 5, 6, 7, 8];

    internal static (float[] X, float[] Arranged, float[] W, float[] Bias) Inputs(in ConvolutionGeometry g, int seed)
    {
        var x = Random(g.Batch * g.InChannels * g.InHeight * g.InWidth, seed);
        var arranged = g.PlainInput ? x : ToBlocked(x, g.Batch, g.InChannels, g.InHeight * g.InWidth);
        return (x, arranged, Random(g.WeightsLength, seed + 1), seed % 3 == 0 ? [] : Random(g.OutChannels, seed + 2));
    }

    internal static float[] Pack(in ConvolutionGeometry g, float[] w)
    {
        var packed = new float[PackedWeights.ForwardLength(g)];
        PackedWeights.Forward(g, w, packed);
        return packed;
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Forward_agrees_with_plain_loops(int seed)
    {
        foreach (var g in Geometries(25, seed))
        {
            var (x, arranged, w, bias) = Inputs(g, seed);
            bool relu = seed % 2 == 0;
            var y = new float[g.OutputLength];
            y.AsSpan().Fill(float.NaN);
            ConvolutionForward.Run(g, arranged, Pack(g, w), bias, y, relu);
            var expected = Forward(g, x, w, bias);
            if (relu) for (int i = 0; i < expected.Length; i++) expected[i] = Math.Max(0, expected[i]);
            AssertClose(expected, ToPlain(y, g.Batch, g.OutChannels, g.OutHeight * g.OutWidth));
            AssertPaddingLanesAreZero(y, g.OutChannels, g.OutHeight * g.OutWidth);
        }
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Pooled_forward_is_the_maximum_over_the_forward_windows(int seed)
    {
        foreach (var g in Geometries(25, seed).Where(g => g.PooledHeight > 0 && g.PooledWidth > 0))
        {
            var (_, arranged, w, bias) = Inputs(g, seed);
            var y = new float[g.OutputLength];
            ConvolutionForward.Run(g, arranged, Pack(g, w), bias, y, relu: true);
            var (pooled, argmax) = (new float[g.PooledLength], new byte[g.PooledLength]);
            pooled.AsSpan().Fill(float.NaN);
            ConvolutionForward.RunPooled(g, arranged, Pack(g, w), bias, pooled, argmax);
            for (int i = 0; i < pooled.Length; i++)
            {
                var (lane, px, py, plane) = (i % 16, i / 16 % g.PooledWidth, i / 16 / g.PooledWidth % g.PooledHeight, i / 16 / g.PooledWidth / g.PooledHeight);
                var window = Enumerable.Range(0, 4).Select(q => y[(((((plane * g.OutHeight) + (2 * py) + (q / 2)) * g.OutWidth) + (2 * px) + (q % 2)) * 16) + lane]).ToArray();
                Assert.Equal(window.Max(), pooled[i]);
                Assert.Equal(Array.IndexOf(window, window.Max()), argmax[i]);
            }
        }
    }

    [Fact]
    public void A_NaN_in_the_window_is_the_maximum()
    {
        var g = new ConvolutionGeometry { Batch = 1, InChannels = 1, InHeight = 4, InWidth = 4, OutChannels = 1, KernelHeight = 1, KernelWidth = 1, PlainInput = true };
        float[] x = [1, 2, 3, float.NaN, 4, 5, 6, 7, -1, -2, -float.NaN, 9, -3, -4, 8, 10];
        var (pooled, argmax) = (new float[g.PooledLength], new byte[g.PooledLength]);
        ConvolutionForward.RunPooled(g, x, Pack(g, [1]), [], pooled, argmax);
        Assert.Equal([5, float.NaN, 0, float.NaN], ToPlain(pooled, 1, 1, 4));
        Assert.Equal([3, 1, 0, 0], new[] { argmax[0], argmax[16], argmax[32], argmax[48] });
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Input_gradient_agrees_with_plain_loops(int seed)
    {
        foreach (var g in Geometries(25, seed).Select(g => g with { PlainInput = false }))
        {
            var (x, _, w, _) = Inputs(g, seed);
            int outputs = g.OutHeight * g.OutWidth;
            var dy = Random(g.Batch * g.OutChannels * outputs, seed + 5);
            var packed = new float[PackedWeights.BackwardLength(g)];
            PackedWeights.Backward(g, w, packed);
            var dx = new float[g.InputLength];
            dx.AsSpan().Fill(float.NaN);
            ConvolutionBackwardInput.Run(g, ToBlocked(dy, g.Batch, g.OutChannels, outputs), packed, dx);
            AssertClose(Backward(g, x, w, [.. dy.Select(d => (double)d)]).Input, ToPlain(dx, g.Batch, g.InChannels, g.InHeight * g.InWidth));
            AssertPaddingLanesAreZero(dx, g.InChannels, g.InHeight * g.InWidth);
        }
    }

    [Theory, MemberData(nameof(Seeds))]
    public void A_residual_is_added_before_the_rectifier(int seed)
    {
        foreach (var g in Geometries(10, seed))
        {
            var (x, arranged, w, bias) = Inputs(g, seed);
            int outputs = g.OutHeight * g.OutWidth;
            var residual = Random(g.Batch * g.OutChannels * outputs, seed + 7);
            var y = new float[g.OutputLength];
            ConvolutionForward.Run(g, arranged, Pack(g, w), bias, y, relu: seed % 2 == 0, ToBlocked(residual, g.Batch, g.OutChannels, outputs));
            var expected = Forward(g, x, w, bias).Select((value, i) => seed % 2 == 0 ? Math.Max(0, value + residual[i]) : value + residual[i]).ToArray();
            AssertClose(expected, ToPlain(y, g.Batch, g.OutChannels, outputs));
        }
    }

    // A large picture is cut into bands, a small batch into shares of output channels: sizes that the random ones do not reach.
    internal static IEnumerable<ConvolutionGeometry> LargeGeometries =>
    [
        new() { Batch = 1, InChannels = 20, InHeight = 61, InWidth = 300, OutChannels = 34, KernelHeight = 3, KernelWidth = 3, PadTop = 1, PadLeft = 1, PadBottom = 1, PadRight = 1 },
        new() { Batch = 2, InChannels = 160, InHeight = 7, InWidth = 7, OutChannels = 150, KernelHeight = 3, KernelWidth = 3, PadTop = 1, PadLeft = 1, PadBottom = 1, PadRight = 1 },
        new() { Batch = 5, InChannels = 3, InHeight = 70, InWidth = 65, OutChannels = 32, KernelHeight = 7, KernelWidth = 7, StrideY = 2, StrideX = 2, PadTop = 3, PadLeft = 3, PadBottom = 3, PadRight = 3, PlainInput = true },
        new() { Batch = 17, InChannels = 16, InHeight = 12, InWidth = 12, OutChannels = 16, KernelHeight = 3, KernelWidth = 3 },
    ];

    [Fact]
    public void Large_pictures_and_small_batches_agree_with_plain_loops()
    {
        foreach (var g in LargeGeometries)
        {
            var (x, arranged, w, bias) = Inputs(g, 4);
            var y = new float[g.OutputLength];
            ConvolutionForward.Run(g, arranged, Pack(g, w), bias, y, relu: false);
            AssertClose(Forward(g, x, w, bias), ToPlain(y, g.Batch, g.OutChannels, g.OutHeight * g.OutWidth));
        }
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Weight_gradient_agrees_with_plain_loops(int seed)
    {
        foreach (var g in Geometries(25, seed + 100).Concat(seed == 1 ? LargeGeometries : []).Where(g => !g.PlainInput || g.InChannels <= Blocked.Lanes))
        {
            var (x, arranged, w, _) = Inputs(g, seed);
            int outputs = g.OutHeight * g.OutWidth;
            var dy = Random(g.Batch * g.OutChannels * outputs, seed + 5);
            var (dw, db) = WeightGradient(g, arranged, ToBlocked(dy, g.Batch, g.OutChannels, outputs), biased: seed % 2 == 0);
            var expected = Backward(g, x, w, [.. dy.Select(d => (double)d)]);
            AssertClose(expected.Weights, dw);
            if (seed % 2 == 0) AssertClose(expected.Bias, db);
        }
    }

    private static (float[] Weights, float[] Bias) WeightGradient(in ConvolutionGeometry g, float[] x, float[] dy, bool biased)
    {
        var (dw, db, scratch) = (new float[g.WeightsLength], biased ? new float[g.OutChannels] : [], new float[ConvolutionBackwardWeights.ScratchLength(g)]);
        dw.AsSpan().Fill(float.NaN);
        db.AsSpan().Fill(float.NaN);
        ConvolutionBackwardWeights.Run(g, x, dy, dw, db, scratch);
        return (dw, db);
    }

    [Fact]
    public void One_and_two_threads_give_the_same_bits_for_the_weight_gradient()
    {
        foreach (var g in Geometries(10, 78).Where(g => !g.PlainInput).Concat(LargeGeometries))
        {
            var (_, arranged, _, _) = Inputs(g, 77);
            var dy = ToBlocked(Random(g.Batch * g.OutChannels * g.OutHeight * g.OutWidth, 9), g.Batch, g.OutChannels, g.OutHeight * g.OutWidth);
            SameOnOneAndTwoThreads(() => WeightGradient(g, arranged, dy, biased: true) is var (dw, db) ? [.. dw, .. db] : []);
        }
    }

    internal static void SameOnOneAndTwoThreads(Func<float[]> compute)
    {
        int threads = Workers.Threads;
        try
        {
            Workers.Threads = 1;
            var alone = compute();
            Workers.Threads = 2;
            Assert.Equal(alone, compute());
        }
        finally
        {
            Workers.Threads = threads;
        }
    }

    [Fact]
    public void One_and_two_threads_give_the_same_bits_forward()
    {
        foreach (var g in Geometries(10, 77))
        {
            var (_, arranged, w, bias) = Inputs(g, 77);
            SameOnOneAndTwoThreads(() =>
            {
                var y = new float[g.OutputLength];
                ConvolutionForward.Run(g, arranged, Pack(g, w), bias, y, relu: false);
                return y;
            });
        }
    }
}
