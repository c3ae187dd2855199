using Gradus.Kernels;
using Gradus.Kernels.Convolution;

namespace Gradus.Tests.Kernels;

/// <summary>Depthwise convolution on whichever vectors the machine has, over plain and over blocked pictures.</summary>
public class DepthwiseConvolutionTests
{
    public static TheoryData<int, int, int, int, int, int, int, int, int> Problems => new(
        (1, 1, 1, 1, 1, 1, 1, 0, 1), // images, channels, height, width, kernel height, kernel width, stride, padding, dilation
        (2, 16, 8, 8, 3, 3, 1, 1, 1),
        (3, 19, 9, 13, 3, 3, 2, 1, 1),
        (1, 40, 5, 6, 5, 5, 1, 2, 1),
        (2, 17, 11, 10, 2, 4, 3, 2, 2),
        (5, 3, 2, 3, 3, 7, 1, 6, 1),
        (2, 33, 1, 37, 1, 3, 1, 0, 4),
        (70, 16, 4, 4, 3, 3, 1, 1, 1),
        (1, 16, 7, 40, 1, 1, 2, 3, 1));

    [Theory, MemberData(nameof(Problems))]
    public void It_and_its_gradients_agree_with_double_precision(int images, int channels, int height, int width, int kernelHeight, int kernelWidth, int stride, int padding, int dilation)
    {
        var window = new Window2d(new Size2d(kernelHeight, kernelWidth), stride, padding, dilation);
        int outHeight = window.OutHeight(height), outWidth = window.OutWidth(width), pixels = height * width, outPixels = outHeight * outWidth;
        var random = new RandomSource((ulong)(channels * pixels));
        float[] x = Numbers(random, images * channels * pixels), w = Numbers(random, channels * window.Taps), bias = Numbers(random, channels);
        float[] dy = Numbers(random, images * channels * outPixels);
        double[] y = [.. Enumerable.Range(0, dy.Length).Select(place => (double)bias[place / outPixels % channels])], dx = new double[x.Length], dw = new double[w.Length], db = new double[channels];
        for (int place = 0; place < y.Length; place++)
        {
            int plane = place / outPixels, row = place % outPixels / outWidth, column = place % outWidth, channel = plane % channels;
            db[channel] += dy[place];
            for (int tap = 0; tap < window.Taps; tap++)
            {
                int i = row * stride - padding + tap / kernelWidth * dilation, j = column * stride - padding + tap % kernelWidth * dilation;
                if (i < 0 || j < 0 || i >= height || j >= width) continue;
                int from = plane * pixels + i * width + j, weight = channel * window.Taps + tap;
                y[place] += (double)x[from] * w[weight];
                dx[from] += (double)dy[place] * w[weight];
                dw[weight] += (double)dy[place] * x[from];
            }
        }

        foreach (bool plain in new[] { true, false })
        {
            var (actual, actualDx, actualDw, actualDb) = Run(new DepthwiseConvolution(images, channels, height, width, window, plain), plain);
            Close(y, actual);
            Close(dx, actualDx);
            Close(dw, actualDw);
            Close(db, actualDb);
        }

        (float[] Y, float[] Dx, float[] Dw, float[] Db) Run(DepthwiseConvolution kernel, bool plain)
        {
            float[] packed = Nothing(kernel.PackedLength), actualDw = Nothing(w.Length), actualDb = Nothing(channels), sums = Nothing(kernel.SumsLength);
            kernel.Pack(w, bias, packed);
            float[] from = Arranged(x, pixels), gradient = Arranged(dy, outPixels), result = Nothing(gradient.Length), inputGradient = Nothing(from.Length);
            kernel.Forward(from, packed, result);
            kernel.BackwardInput(gradient, packed, inputGradient);
            kernel.BackwardWeights(from, gradient, actualDw, actualDb, sums);
            return (Plain(result, outPixels), Plain(inputGradient, pixels), actualDw, actualDb);

            float[] Arranged(float[] values, int each)
            {
                if (plain) return values;
                float[] blocked = new float[Blocked.Length(images, channels, each)];
                Blocked.FromPlain(values, blocked, images, channels, each);
                return blocked;
            }

            float[] Plain(float[] values, int each)
            {
                if (plain) return values;
                float[] unblocked = new float[images * channels * each];
                Blocked.ToPlain(values, unblocked, images, channels, each);
                return unblocked;
            }
        }
    }

    private static void Close(double[] expected, float[] actual)
    {
        double scale = expected.Max(Math.Abs);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-5 * scale + 1e-6);
    }

    // what must be overwritten
    private static float[] Nothing(int length) => [.. Enumerable.Repeat(float.NaN, length)];

    private static float[] Numbers(RandomSource random, int count)
    {
        var numbers = new float[count];
        random.Uniform(numbers, -1, 1);
        return numbers;
    }
}
