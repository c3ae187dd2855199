using Gradus.Ops;

namespace Gradus.Tests.Ops;

/// <content>Convolution of sequences, transposed convolution, adaptive pooling, up-sampling, dropout of channels.</content>
internal static partial class OperationCases
{
    private static readonly (Shape X, Shape Weight, int Stride, int Left, int Right, int Dilation, int Groups)[] Sequences =
    [
        ([1, 1, 1], [1, 1, 1], 1, 0, 0, 1, 1), ([2, 3, 11], [5, 3, 3], 2, 1, 1, 1, 1), ([3, 4, 17], [6, 2, 4], 1, 3, 0, 2, 2), ([2, 17, 31], [17, 1, 5], 1, 2, 2, 1, 17), ([0, 2, 5], [3, 2, 2], 1, 0, 0, 1, 1),
    ];

    private static readonly (Shape X, Shape Weight, Size2d Stride, Padding2d Padding, Size2d OutputPadding, Size2d Dilation, int Groups)[] Transposed2d =
    [
        ([1, 1, 1, 1], [1, 1, 1, 1], 1, 0, 0, 1, 1),
        ([2, 3, 4, 5], [3, 2, 2, 2], 2, 0, 0, 1, 1),
        ([1, 2, 3, 4], [2, 3, 3, 3], 2, 1, 1, 1, 1),
        ([3, 4, 5, 3], [4, 3, 3, 2], new(3, 1), new(1, 0, 2, 1), new(2, 0), new(1, 2), 2),
        ([9, 5, 6, 7], [5, 1, 4, 4], 2, 1, 0, 1, 5),
        ([2, 17, 7, 5], [17, 9, 3, 3], 1, 1, 0, 2, 1),
        ([0, 2, 3, 3], [2, 2, 2, 2], 2, 0, 0, 1, 1),
    ];

    private static readonly (Shape X, Size2d Size)[] Adaptive =
        [([1, 1, 1, 1], 1), ([2, 3, 7, 5], new(3, 2)), ([1, 2, 3, 4], new(5, 7)), ([2, 2, 8, 6], new(4, 3)), ([3, 1, 6, 5], 1), ([0, 2, 4, 4], 2), ([2, 5, 37, 41], new(7, 6))];

    // scales of which ONNX's float32 is exact have a node there
    private static readonly (Shape X, Size2d Size)[] Resamplings =
        [([1, 1, 1, 1], 1), ([2, 3, 4, 6], new(8, 9)), ([1, 2, 3, 5], new(9, 10)), ([2, 2, 8, 4], new(4, 16)), ([1, 3, 7, 5], new(5, 11)), ([1, 1, 1, 3], new(4, 1)), ([0, 2, 2, 2], 4), ([3, 5, 19, 17], new(23, 34))];

    private static IEnumerable<OperationCase> Pictures =>
    [
        new("Convolution1d", typeof(Convolution2d), Sequences.Length, MakeSequenceConvolution),
        new("TransposedConvolution2d", typeof(TransposedConvolution2d), Transposed2d.Length, (variant, random) => MakeTransposed(variant, random, biased: false)),
        new("TransposedConvolution2d, bias", typeof(TransposedConvolution2d), Transposed2d.Length, (variant, random) => MakeTransposed(variant, random, biased: true)),
        new("AdaptiveAveragePool2d", typeof(AdaptiveAveragePool2d), Adaptive.Length, (variant, random) => MakeAdaptive(variant, random, (x, size) => x.AdaptiveAveragePool2d(size), inside => inside.Average()), "no such operator"),
        new("AdaptiveMaxPool2d", typeof(AdaptiveMaxPool2d), Adaptive.Length, (variant, random) => MakeAdaptive(variant, random, (x, size) => x.AdaptiveMaxPool2d(size), inside => inside.Max()), "no such operator"),
        new("Upsample2d, nearest", typeof(Upsample2d), Resamplings.Length, (variant, random) => MakeResampling(
            variant, random, (x, size) => x.UpsampleNearest(size), (i, from, to) => Math.Floor(i * (double)from / to),
            new() { ["mode"] = "nearest", ["nearest_mode"] = "floor", ["coordinate_transformation_mode"] = "asymmetric" })),
        new("Upsample2d, bilinear", typeof(Upsample2d), Resamplings.Length, (variant, random) => MakeResampling(
            variant, random, (x, size) => x.UpsampleBilinear(size), (i, from, to) => Math.Max(0, (i + 0.5) * from / to - 0.5),
            new() { ["mode"] = "linear", ["coordinate_transformation_mode"] = "half_pixel" })),
        new("Upsample2d, bilinear, corners", typeof(Upsample2d), Resamplings.Length, (variant, random) => MakeResampling(
            variant, random, (x, size) => x.UpsampleBilinear(size, alignCorners: true), (i, from, to) => to == 1 ? 0 : i * (from - 1.0) / (to - 1),
            new() { ["mode"] = "linear", ["coordinate_transformation_mode"] = "align_corners" })),
        new("Dropout of channels", typeof(Dropout), GroupShapes.Length, MakeSpatialDropout, "other random numbers"),
    ];

    private static OperationProblem MakeSequenceConvolution(int variant, RandomSource random)
    {
        var (shape, weight, stride, left, right, dilation, groups) = Sequences[variant];
        return new(
            [Random(random, shape, -1, 1), Random(random, weight, -1, 1), Random(random, [weight[0]], -1, 1)],
            x => x[0].Convolve1d(x[1], x[2], stride, left, right, dilation, groups),
            x => DoubleTensor.Of([shape[0], weight[0], (shape[2] + left + right - dilation * (weight[2] - 1) - 1) / stride + 1], o =>
            {
                double sum = x[2][o[1]];
                for (int channel = 0; channel < weight[1]; channel++)
                {
                    for (int u = 0; u < weight[2]; u++)
                    {
                        int i = o[2] * stride + u * dilation - left;
                        if (i >= 0 && i < shape[2]) sum += x[1][o[1], channel, u] * x[0][o[0], o[1] / (weight[0] / groups) * weight[1] + channel, i];
                    }
                }

                return sum;
            }),
            shape.Count == 0 ? null : new OnnxNode("Conv", new()
            {
                ["strides"] = new[] { stride },
                ["pads"] = new[] { left, right },
                ["dilations"] = new[] { dilation },
                ["group"] = groups,
            }));
    }

    private static OperationProblem MakeTransposed(int variant, RandomSource random, bool biased)
    {
        var (shape, weight, stride, padding, more, dilation, groups) = Transposed2d[variant];
        Tensor[] inputs = [Random(random, shape, -1, 1), Random(random, weight, -1, 1)];
        if (biased) inputs = [.. inputs, Random(random, [weight[1] * groups], -1, 1)];
        return new(
            inputs, x => x[0].TransposedConvolve2d(x[1], biased ? x[2] : null, stride, padding, more, dilation, groups), Define,
            shape.Count == 0 ? null : new OnnxNode("ConvTranspose", new()
            {
                ["strides"] = new[] { stride.Height, stride.Width },
                ["pads"] = new[] { padding.Top, padding.Left, padding.Bottom, padding.Right },
                ["output_padding"] = new[] { more.Height, more.Width },
                ["dilations"] = new[] { dilation.Height, dilation.Width },
                ["group"] = groups,
            }));

        DoubleTensor Define(DoubleTensor[] x)
        {
            int height = (shape[2] - 1) * stride.Height - padding.Top - padding.Bottom + dilation.Height * (weight[2] - 1) + more.Height + 1;
            int width = (shape[3] - 1) * stride.Width - padding.Left - padding.Right + dilation.Width * (weight[3] - 1) + more.Width + 1;
            int outputs = weight[1] * groups, together = weight[0] / groups;
            var y = DoubleTensor.Of([shape[0], outputs, height, width], o => biased ? x[2][o[1]] : 0);
            DoubleTensor.Of([.. shape, weight[1], weight[2], weight[3]], at => // image, channel, row, column; output of the group, tap
            {
                int i = at[2] * stride.Height + at[5] * dilation.Height - padding.Top, j = at[3] * stride.Width + at[6] * dilation.Width - padding.Left;
                if (i < 0 || j < 0 || i >= height || j >= width) return 0;
                return y[at[0], at[1] / together * weight[1] + at[4], i, j] += x[0][at[0], at[1], at[2], at[3]] * x[1][at[1], at[4], at[5], at[6]];
            });
            return y;
        }
    }

    private static OperationProblem MakeAdaptive(int variant, RandomSource random, Func<Tensor, Size2d, Tensor> eager, Func<IEnumerable<double>, double> pool)
    {
        var (shape, size) = Adaptive[variant];
        return new([Random(random, shape)], x => eager(x[0], size), x => DoubleTensor.Of([shape[0], shape[1], size.Height, size.Width], o => pool(
            from i in Seen(o[2], shape[2], size.Height)
            from j in Seen(o[3], shape[3], size.Width)
            select x[0][o[0], o[1], i, j])));

        static IEnumerable<int> Seen(int place, int length, int outputs)
        {
            int first = (int)Math.Floor(place * length / (double)outputs);
            return Enumerable.Range(first, (int)Math.Ceiling((place + 1) * length / (double)outputs) - first);
        }
    }

    private static OperationProblem MakeResampling(
        int variant, RandomSource random, Func<Tensor, Size2d, Tensor> eager, Func<int, int, int, double> position, Dictionary<string, object> attributes)
    {
        var (shape, size) = Resamplings[variant];
        float tall = size.Height / MathF.Max(1, shape[2]), wide = size.Width / MathF.Max(1, shape[3]);
        bool exact = shape.Count > 0 && tall * 8 % 1 == 0 && wide * 8 % 1 == 0;
        Tensor[] inputs = [Random(random, shape), Tensor.Zeros([8]), Tensor.From(1f, 1, tall, wide)]; // ONNX asks for a region, which it does not use, and scales
        return new(inputs, x => eager(x[0], size), x => DoubleTensor.Of([shape[0], shape[1], size.Height, size.Width], o =>
        {
            double row = position(o[2], shape[2], size.Height), column = position(o[3], shape[3], size.Width), sum = 0;
            for (int i = 0; i < shape[2]; i++)
            {
                for (int j = 0; j < shape[3]; j++) sum += Tent(i, row, shape[2]) * Tent(j, column, shape[3]) * x[0][o[0], o[1], i, j];
            }

            return sum;
        }), exact ? new OnnxNode("Resize", attributes) : null)
        { Differentiable = 1 };

        // how much a pixel weighs at a position: its distance from 1, and beyond the last pixel that one alone
        static double Tent(int pixel, double position, int length) => Math.Max(0, 1 - Math.Abs(Math.Min(position, length - 1) - pixel));
    }

    private static OperationProblem MakeSpatialDropout(int variant, RandomSource random)
    {
        const float Rate = 0.25f;
        Shape shape = [.. GroupShapes[variant].X, 3];
        return new([Random(random, shape)], x => x[0].SpatialDropout(Rate, new RandomSource(5)), x =>
        {
            var source = new RandomSource(5);
            ulong stream = source.NextStream();
            return new DoubleTensor(x[0].Sizes, [.. x[0].Values.Select((value, i) =>
            {
                int channel = i / shape[2..].Count; // of all images
                var (a, b, c, d) = source.Generator.Block(stream, (ulong)channel / 4);
                uint number = (channel % 4) switch { 0 => a, 1 => b, 2 => c, _ => d };
                return number < Rate * 4294967296.0 ? 0 : value / (1 - Rate);
            })]);
        });
    }
}
