using Gradus.Ops;

namespace Gradus.Tests.Ops;

/// <content>Pooling.</content>
internal static partial class OperationCases
{
    private static readonly (Shape X, Size2d Kernel, Size2d Stride, Padding2d Padding)[] Poolings =
    [
        ([1, 1, 1, 1], 1, 1, 0), ([2, 3, 7, 5], 2, 2, 0), ([3, 2, 11, 13], 3, 2, 1), ([1, 5, 6, 7], new(2, 3), new(3, 1), new(1, 2, 0, 1)),
        ([2, 2, 9, 4], new(5, 1), 1, new(4, 0, 2, 0)), ([0, 2, 4, 4], 2, 2, 0), ([4, 7, 33, 31], 3, 2, 0),
    ];

    private static IEnumerable<OperationCase> Pooling =>
    [
        new("MaxPool2d", typeof(MaxPool2d), Poolings.Length, (variant, random) => MakePooling(
            variant, random, "MaxPool", [], (x, p) => x.MaxPool2d(p.Kernel, p.Stride, p.Padding), (inside, _) => inside.Max())),
        new("AveragePool2d", typeof(AveragePool2d), Poolings.Length, (variant, random) => MakePooling(
            variant, random, "AveragePool", new() { ["count_include_pad"] = 1 },
            (x, p) => x.AveragePool2d(p.Kernel, p.Stride, p.Padding), (inside, taps) => inside.Sum() / taps)),
        new("AveragePool2d, padding not counted", typeof(AveragePool2d), Poolings.Length, (variant, random) => MakePooling(
            variant, random, "AveragePool", [], (x, p) => x.AveragePool2d(p.Kernel, p.Stride, p.Padding, countsPadding: false), (inside, _) => inside.Average())),
        new("GlobalAveragePool", typeof(GlobalAveragePool), Poolings.Length, (variant, random) => new(
            [Random(random, Poolings[variant].X)], x => x[0].GlobalAveragePool(),
            x => x[0].Reduce([2, 3], false, 0, (sum, value) => sum + value).Map(sum => sum / (x[0].Sizes[2] * x[0].Sizes[3])),
            Poolings[variant].X.Count == 0 ? null : new OnnxNode("GlobalAveragePool"))),
    ];

    private static OperationProblem MakePooling(
        int variant, RandomSource random, string onnx, Dictionary<string, object> attributes,
        Func<Tensor, (Shape X, Size2d Kernel, Size2d Stride, Padding2d Padding), Tensor> eager, Func<List<double>, int, double> pool)
    {
        var (shape, kernel, stride, padding) = Poolings[variant];
        attributes["kernel_shape"] = new[] { kernel.Height, kernel.Width };
        attributes["strides"] = new[] { stride.Height, stride.Width };
        attributes["pads"] = new[] { padding.Top, padding.Left, padding.Bottom, padding.Right };
        return new([Random(random, shape)], x => eager(x[0], Poolings[variant]), x => Define(x[0]), shape.Count == 0 ? null : new OnnxNode(onnx, attributes));

        DoubleTensor Define(DoubleTensor x)
        {
            int height = (x.Sizes[2] + padding.Top + padding.Bottom - kernel.Height) / stride.Height + 1;
            int width = (x.Sizes[3] + padding.Left + padding.Right - kernel.Width) / stride.Width + 1;
            return DoubleTensor.Of([x.Sizes[0], x.Sizes[1], height, width], o =>
            {
                List<double> inside = [];
                for (int u = 0; u < kernel.Height; u++)
                {
                    for (int v = 0; v < kernel.Width; v++)
                    {
                        int i = o[2] * stride.Height + u - padding.Top, j = o[3] * stride.Width + v - padding.Left;
                        if (i >= 0 && j >= 0 && i < x.Sizes[2] && j < x.Sizes[3]) inside.Add(x[o[0], o[1], i, j]);
                    }
                }

                return pool(inside, kernel.Height * kernel.Width);
            });
        }
    }
}
