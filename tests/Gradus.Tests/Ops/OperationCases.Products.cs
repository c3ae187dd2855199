using Gradus.Ops;

namespace Gradus.Tests.Ops;

/// <content>Matrix products and convolutions.</content>
internal static partial class OperationCases
{
    private static readonly (Shape A, Shape B)[] ProductShapes =
    [
        ([1, 1], [1, 1]), ([7, 5], [5, 3]), ([17, 31], [31, 33]), ([4, 0], [0, 3]), ([2, 3, 5, 7], [2, 3, 7, 4]), ([3, 5, 7], [7, 4]), ([5, 7], [3, 7, 4]),
        ([2, 1, 5, 7], [3, 7, 4]), ([1, 4, 3], [6, 3, 2]), ([6, 1, 2, 3], [1, 5, 3, 2]), ([2, 0, 3], [3, 4]), ([2, 3, 0], [2, 0, 4]), ([2, 140, 130], [1, 130, 150]),
    ];

    private static readonly (Shape X, Shape Weight, Size2d Stride, Padding2d Padding, Size2d Dilation, int Groups)[] Convolutions =
    [
        ([1, 1, 1, 1], [1, 1, 1, 1], 1, 0, 1, 1),
        ([2, 3, 7, 5], [4, 3, 1, 1], 1, 0, 1, 1),
        ([2, 3, 7, 5], [4, 3, 1, 1], 2, 1, 1, 1),
        ([3, 4, 11, 13], [6, 4, 3, 3], 1, 1, 1, 1),
        ([9, 3, 8, 6], [5, 3, 3, 2], new(2, 3), new(0, 1, 2, 0), 1, 1),
        ([2, 4, 13, 12], [6, 2, 3, 3], 1, new(2, 0, 1, 3), new(2, 3), 2),
        ([2, 6, 9, 9], [6, 1, 3, 3], 2, 1, 1, 6),
        ([1, 6, 5, 7], [12, 1, 2, 5], 1, new(1, 2, 1, 2), 1, 6),
        ([0, 2, 4, 4], [3, 2, 3, 3], 1, 0, 1, 1),
        ([2, 4, 6, 6], [4, 2, 1, 1], 1, 0, 1, 2),
        ([1, 3, 6, 7], [3, 1, 3, 3], 1, 1, 1, 3),
        ([1, 5, 5, 4], [5, 1, 2, 4], new(1, 2), new(0, 3, 1, 2), 1, 5),
        ([2, 3, 2, 1], [3, 1, 5, 5], 1, 2, 1, 3),
        ([3, 33, 19, 14], [33, 1, 3, 3], 1, 1, 1, 33),
        ([5, 16, 12, 13], [16, 1, 5, 4], 2, new(2, 1, 3, 0), new(1, 2), 16),
        ([2, 17, 9, 21], [17, 1, 1, 7], 1, new(0, 9, 0, 7), 1, 17),
        ([0, 3, 4, 4], [3, 1, 3, 3], 1, 1, 1, 3),
    ];

    private static IEnumerable<OperationCase> Products =>
    [
        new("MatMul", typeof(MatMul), 4 * ProductShapes.Length, MakeProduct),
        new("Convolution2d", typeof(Convolution2d), Convolutions.Length, (variant, random) => MakeConvolution(variant, random, biased: false)),
        new("Convolution2d, bias", typeof(Convolution2d), Convolutions.Length, (variant, random) => MakeConvolution(variant, random, biased: true)),
    ];

    private static OperationProblem MakeProduct(int variant, RandomSource random)
    {
        var (a, b) = ProductShapes[variant / 4];
        bool transposeA = (variant & 1) != 0, transposeB = (variant & 2) != 0;
        // ONNX has no transposed product of more axes than two
        var onnx = transposeA || transposeB
            ? a.Rank == 2 && b.Rank == 2 && a.Count > 0 ? new OnnxNode("Gemm", new() { ["transA"] = transposeA ? 1 : 0, ["transB"] = transposeB ? 1 : 0 }) : null
            : a.Count == 0 ? null : new OnnxNode("MatMul");
        return new(
            [Random(random, transposeA ? Transposed(a) : a, -1, 1), Random(random, transposeB ? Transposed(b) : b, -1, 1)],
            x => x[0].MatMul(x[1], transposeA, transposeB),
            x => Product(transposeA ? Transposed(x[0]) : x[0], transposeB ? Transposed(x[1]) : x[1]),
            onnx);
    }

    private static DoubleTensor Product(DoubleTensor a, DoubleTensor b)
    {
        int m = a.Sizes[^2], k = a.Sizes[^1], n = b.Sizes[^1];
        int[] batch = [.. Shape.Broadcast(Shape.Of(a.Sizes)[..^2], Shape.Of(b.Sizes)[..^2])];
        return DoubleTensor.Of([.. batch, m, n], index =>
        {
            int row = (Matrix(a, index) * m + index[^2]) * k, column = Matrix(b, index) * k * n + index[^1];
            double sum = 0;
            for (int i = 0; i < k; i++) sum += a.Values[row + i] * b.Values[column + i * n];
            return sum;
        });

        static int Matrix(DoubleTensor x, int[] index)
        {
            int place = 0;
            for (int axis = 0; axis < x.Rank - 2; axis++) place = place * x.Sizes[axis] + (x.Sizes[axis] == 1 ? 0 : index[axis + index.Length - x.Rank]);
            return place;
        }
    }

    private static Shape Transposed(Shape shape) => [.. shape[..^2], shape[^1], shape[^2]];

    private static DoubleTensor Transposed(DoubleTensor x) => DoubleTensor.Of(
        [.. x.Sizes[..^2], x.Sizes[^1], x.Sizes[^2]], index => x[[.. index[..^2], index[^1], index[^2]]]);

    private static OperationProblem MakeConvolution(int variant, RandomSource random, bool biased)
    {
        var (x, weight, stride, padding, dilation, groups) = Convolutions[variant];
        Tensor[] inputs = [Random(random, x, -1, 1), Random(random, weight, -1, 1)];
        if (biased) inputs = [.. inputs, Random(random, [weight[0]], -1, 1)];
        return new(
            inputs,
            one => one[0].Convolve2d(one[1], biased ? one[2] : null, stride, padding, dilation, groups),
            one => Convolve(one[0], one[1], biased ? one[2] : null, stride, padding, dilation, groups),
            x.Count == 0 ? null : new OnnxNode("Conv", new()
            {
                ["strides"] = new[] { stride.Height, stride.Width },
                ["pads"] = new[] { padding.Top, padding.Left, padding.Bottom, padding.Right },
                ["dilations"] = new[] { dilation.Height, dilation.Width },
                ["group"] = groups,
            }));
    }

    private static DoubleTensor Convolve(DoubleTensor x, DoubleTensor weight, DoubleTensor? bias, Size2d stride, Padding2d padding, Size2d dilation, int groups)
    {
        int channels = weight.Sizes[1], perGroup = weight.Sizes[0] / groups;
        int height = Out(x.Sizes[2] + padding.Top + padding.Bottom, weight.Sizes[2], stride.Height, dilation.Height);
        int width = Out(x.Sizes[3] + padding.Left + padding.Right, weight.Sizes[3], stride.Width, dilation.Width);
        return DoubleTensor.Of([x.Sizes[0], weight.Sizes[0], height, width], o =>
        {
            double sum = bias?[o[1]] ?? 0;
            for (int channel = 0; channel < channels; channel++)
            {
                for (int u = 0; u < weight.Sizes[2]; u++)
                {
                    for (int v = 0; v < weight.Sizes[3]; v++)
                    {
                        int i = o[2] * stride.Height + u * dilation.Height - padding.Top, j = o[3] * stride.Width + v * dilation.Width - padding.Left;
                        if (i < 0 || j < 0 || i >= x.Sizes[2] || j >= x.Sizes[3]) continue;
                        sum += weight[o[1], channel, u, v] * x[o[0], o[1] / perGroup * channels + channel, i, j];
                    }
                }
            }

            return sum;
        });

        static int Out(int size, int kernel, int stride, int dilation) => (size - dilation * (kernel - 1) - 1) / stride + 1;
    }
}
