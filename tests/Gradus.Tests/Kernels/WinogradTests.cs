using Gradus.Kernels.Convolution;
using Gradus.Kernels.Convolution.Winograd;
using static Gradus.Tests.Kernels.ConvolutionReference;

namespace Gradus.Tests.Kernels;

/// <summary>Winograd's form of 3x3 convolutions, whether or not this machine would choose it, against plain loops in double precision.</summary>
public class WinogradTests
{
    public static TheoryData<int> Seeds => [1, 2, 3, 4];

    // Odd sizes cut tiles, borders cut patches, and batches let runs of tiles begin within a picture.
    private static IEnumerable<ConvolutionGeometry> Geometries(int seed)
    {
        var random = new Random(seed);
        int[] channels = [16, 20, 33, 48, 64], sizes = [1, 2, 3, 5, 8, 13];
        int Pick(int[] from) => from[random.Next(from.Length)];
        for (int count = 0; count < 20;)
        {
            var g = new ConvolutionGeometry
            {
                Batch = random.Next(1, 6),
                InChannels = Pick(channels),
                InHeight = Pick(sizes),
                InWidth = Pick(sizes),
                OutChannels = Pick(channels),
                KernelHeight = 3,
                KernelWidth = 3,
                PadTop = random.Next(3),
                PadLeft = random.Next(3),
                PadBottom = random.Next(3),
                PadRight = random.Next(3),
            };
            if (g.OutHeight < 1 || g.OutWidth < 1 || (long)g.OutputLength * g.InChannels > 4_000_000) continue;
            count++;
            yield return g;
        }
    }

    [Fact]
    public void It_is_chosen_for_wide_and_large_pictures_alone_and_only_where_vectors_are_wide()
    {
        static ConvolutionGeometry Same(int channels, int side, int kernel = 3, int stride = 1) => new()
        {
            Batch = 8,
            InChannels = channels,
            InHeight = side,
            InWidth = side,
            OutChannels = channels,
            KernelHeight = kernel,
            KernelWidth = kernel,
            StrideY = stride,
            StrideX = stride,
            PadTop = kernel / 2,
            PadLeft = kernel / 2,
            PadBottom = kernel / 2,
            PadRight = kernel / 2,
        };
        bool wide = System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated;
        Assert.Equal(wide, WinogradGeometry.Covers(Same(16, 32)));
        Assert.Equal(wide, WinogradGeometry.Covers(Same(64, 8)));
        Assert.False(WinogradGeometry.Covers(Same(64, 1))); // 8 tiles of 48
        Assert.False(WinogradGeometry.Covers(Same(64, 8, kernel: 5)));
        Assert.False(WinogradGeometry.Covers(Same(64, 8, stride: 2)));
        Assert.False(WinogradGeometry.Covers(Same(1024, 8))); // transformed weights outgrow the cache
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Forward_agrees_with_plain_loops(int seed)
    {
        foreach (var g in Geometries(seed))
        {
            var (x, arranged, w, bias) = ConvolutionTests.Inputs(g, seed);
            bool relu = seed % 2 == 0;
            int outputs = g.OutHeight * g.OutWidth;
            var residual = seed % 4 < 2 ? [] : Random(g.Batch * g.OutChannels * outputs, seed + 7);
            var y = Undefined(g.OutputLength);
            WinogradCorrelation.Run(
                WinogradGeometry.Forward(g), arranged, Transformed(g, w, backward: false), bias, y, relu,
                residual.Length == 0 ? [] : ToBlocked(residual, g.Batch, g.OutChannels, outputs));
            var expected = Forward(g, x, w, bias);
            for (int i = 0; i < residual.Length; i++) expected[i] += residual[i];
            if (relu) for (int i = 0; i < expected.Length; i++) expected[i] = Math.Max(0, expected[i]);
            AssertClose(expected, ToPlain(y, g.Batch, g.OutChannels, outputs));
            AssertPaddingLanesAreZero(y, g.OutChannels, outputs);
        }
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Pooled_forward_is_the_maximum_over_the_windows(int seed)
    {
        foreach (var g in Geometries(seed).Where(g => g.PooledHeight > 0 && g.PooledWidth > 0))
        {
            var (x, arranged, w, bias) = ConvolutionTests.Inputs(g, seed);
            var (pooled, argmax) = (Undefined(g.PooledLength), new byte[g.PooledLength]);
            WinogradCorrelation.RunPooled(WinogradGeometry.Pooled(g), arranged, Transformed(g, w, backward: false), bias, pooled, argmax);
            var y = Forward(g, x, w, bias);
            var (values, places) = (ToPlain(pooled, g.Batch, g.OutChannels, g.PooledHeight * g.PooledWidth), ToPlain([.. argmax.Select(place => (float)place)], g.Batch, g.OutChannels, g.PooledHeight * g.PooledWidth));
            double Window(int window, int place)
            {
                int column = window % g.PooledWidth, row = window / g.PooledWidth % g.PooledHeight, plane = window / g.PooledWidth / g.PooledHeight;
                return Math.Max(0, y[((((plane * g.OutHeight) + (2 * row) + (place / 2)) * g.OutWidth) + (2 * column) + (place % 2))]);
            }

            AssertClose([.. values.Select((_, i) => Enumerable.Range(0, 4).Max(place => Window(i, place)))], values);
            AssertClose([.. places.Select((place, i) => Window(i, (int)place))], values);
            AssertPaddingLanesAreZero(pooled, g.OutChannels, g.PooledHeight * g.PooledWidth);
        }
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Gradients_agree_with_plain_loops(int seed)
    {
        foreach (var g in Geometries(seed))
        {
            var (x, arranged, w, _) = ConvolutionTests.Inputs(g, seed);
            int outputs = g.OutHeight * g.OutWidth;
            var dy = Random(g.Batch * g.OutChannels * outputs, seed + 5);
            var gradient = ToBlocked(dy, g.Batch, g.OutChannels, outputs);
            var expected = Backward(g, x, w, [.. dy.Select(d => (double)d)]);

            var dx = Undefined(g.InputLength);
            WinogradCorrelation.Run(WinogradGeometry.Backward(g), gradient, Transformed(g, w, backward: true), [], dx, relu: false);
            AssertClose(expected.Input, ToPlain(dx, g.Batch, g.InChannels, g.InHeight * g.InWidth));
            AssertPaddingLanesAreZero(dx, g.InChannels, g.InHeight * g.InWidth);

            var (dw, db) = (Undefined(g.WeightsLength), Undefined(g.OutChannels));
            WinogradBackwardWeights.Run(g, arranged, gradient, dw, db, Undefined(WinogradBackwardWeights.ScratchLength(g)));
            AssertClose(expected.Weights, dw);
            AssertClose(expected.Bias, db);
        }
    }

    [Fact]
    public void Sums_do_not_depend_on_the_number_of_threads()
    {
        var g = new ConvolutionGeometry { Batch = 9, InChannels = 32, InHeight = 15, InWidth = 14, OutChannels = 48, KernelHeight = 3, KernelWidth = 3, PadTop = 1, PadLeft = 1, PadBottom = 1, PadRight = 1 };
        var (_, arranged, w, bias) = ConvolutionTests.Inputs(g, 1);
        var gradient = Random(g.OutputLength, 2);
        float[] Compute(int threads)
        {
            int before = Gradus.Kernels.Workers.Threads;
            Gradus.Kernels.Workers.Threads = threads;
            try
            {
                var (y, dw, db) = (new float[g.OutputLength], new float[g.WeightsLength], new float[g.OutChannels]);
                WinogradCorrelation.Run(WinogradGeometry.Forward(g), arranged, Transformed(g, w, backward: false), bias, y, relu: false);
                WinogradBackwardWeights.Run(g, arranged, gradient, dw, db, new float[WinogradBackwardWeights.ScratchLength(g)]);
                return [.. y, .. dw, .. db];
            }
            finally
            {
                Gradus.Kernels.Workers.Threads = before;
            }
        }

        Assert.Equal(Compute(1), Compute(3));
    }

    private static float[] Transformed(in ConvolutionGeometry g, float[] weights, bool backward)
    {
        var transformed = Undefined(WinogradWeights.Length(backward ? WinogradGeometry.Backward(g) : WinogradGeometry.Forward(g)));
        if (backward) WinogradWeights.Backward(g, weights, transformed);
        else WinogradWeights.Forward(g, weights, transformed);
        return transformed;
    }

    private static float[] Undefined(int length)
    {
        var values = new float[length];
        values.AsSpan().Fill(float.NaN);
        return values;
    }
}
