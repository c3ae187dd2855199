using Gradus.Ops;

namespace Gradus.Tests.Ops;

/// <content>Batch normalisation, softmax, losses, dropout.</content>
internal static partial class OperationCases
{
    private static readonly Shape[] NormalizedShapes = [[2, 1], [7, 5], [33, 17], [2, 3, 1, 1], [3, 5, 7, 3], [5, 33, 4, 4], [0, 3]];

    private static readonly (Shape X, int Axis)[] Lines = [([1], 0), ([7], -1), ([5, 17], 1), ([5, 17], 0), ([3, 7, 5], 1), ([3, 1, 5], 1), ([0, 4], 1), ([61, 300], -1), ([60, 300], 0)];

    private static readonly Shape[] LossShapes = [[1, 1], [1, 7], [5, 3], [17, 10], [67, 33], [300, 40]];

    private static IEnumerable<OperationCase> Normalization =>
    [
        new("BatchNormalization, training", typeof(BatchNormalization), NormalizedShapes.Length, (variant, random) => MakeNormalization(variant, random, training: true), "the operator's training mode"),
        new("BatchNormalization", typeof(BatchNormalization), NormalizedShapes.Length, (variant, random) => MakeNormalization(variant, random, training: false)),
        new("Softmax", typeof(Softmax), Lines.Length, (variant, random) => MakeLines(variant, random, "Softmax", (x, axis) => x.Softmax(axis), (x, sum) => Math.Exp(x) / sum)),
        new("LogSoftmax", typeof(LogSoftmax), Lines.Length, (variant, random) => MakeLines(variant, random, "LogSoftmax", (x, axis) => x.LogSoftmax(axis), (x, sum) => x - Math.Log(sum))),
        new("SoftmaxCrossEntropy", typeof(SoftmaxCrossEntropy), LossShapes.Length, MakeCrossEntropy),
        new("MeanSquaredError", typeof(MeanSquaredError), LossShapes.Length, (variant, random) => new(
            [Random(random, LossShapes[variant]), Random(random, LossShapes[variant])],
            x => x[0].MeanSquaredError(x[1]), x => Mean(x[0], x[1], (a, b) => (a - b) * (a - b))), "no such operator"),
        new("BinaryCrossEntropyWithLogits", typeof(BinaryCrossEntropyWithLogits), LossShapes.Length, (variant, random) => new(
            [Random(random, LossShapes[variant], -20, 20), Random(random, LossShapes[variant], 0, 1)],
            x => x[0].BinaryCrossEntropyWithLogits(x[1]),
            x => Mean(x[0], x[1], (a, b) => Math.Max(a, 0) - a * b + Math.Log(1 + Math.Exp(-Math.Abs(a))))), "no such operator"),
        new("Dropout", typeof(Dropout), ElementwiseShapes.Length, MakeDropout, "other random numbers"),
    ];

    private static OperationProblem MakeNormalization(int variant, RandomSource random, bool training)
    {
        var shape = NormalizedShapes[variant];
        Shape channel = [shape[1]];
        Tensor[] inputs = [Random(random, shape), Random(random, channel), Random(random, channel), Random(random, channel), Random(random, channel, 0.5f)];
        return new(inputs, x => x[0].BatchNormalize(x[1], x[2], x[3], x[4], training, epsilon: 1e-3f), Define, shape.Count == 0 || training ? null : new OnnxNode("BatchNormalization", new() { ["epsilon"] = 1e-3f }))
        {
            Differentiable = 3,
        };

        DoubleTensor Define(DoubleTensor[] x)
        {
            int[] others = [.. Enumerable.Range(0, shape.Rank).Where(axis => axis != 1)];
            double each = shape.Count / (double)shape[1];
            var mean = training ? x[0].Reduce(others, false, 0, (sum, value) => sum + value).Map(sum => sum / each) : x[3];
            var squares = DoubleTensor.Of(x[0].Sizes, index => Math.Pow(x[0][index] - mean[index[1]], 2));
            var variance = training ? squares.Reduce(others, false, 0, (sum, value) => sum + value).Map(sum => sum / each) : x[4];
            return DoubleTensor.Of(x[0].Sizes, index =>
                x[1][index[1]] * (x[0][index] - mean[index[1]]) / Math.Sqrt(variance[index[1]] + 1e-3f) + x[2][index[1]]);
        }
    }

    private static OperationProblem MakeLines(int variant, RandomSource random, string onnx, Func<Tensor, int, Tensor> eager, Func<double, double, double> define)
    {
        var (shape, axis) = Lines[variant];
        return new(
            [Random(random, shape, -5, 5)], x => eager(x[0], axis),
            x => DoubleTensor.Zip(x[0], x[0].Map(Math.Exp).Reduce([axis], true, 0, (sum, value) => sum + value), define),
            shape.Count == 0 ? null : new OnnxNode(onnx, new() { ["axis"] = axis }));
    }

    private static OperationProblem MakeCrossEntropy(int variant, RandomSource random)
    {
        var shape = LossShapes[variant];
        int[] labels = [.. Enumerable.Range(0, shape[0]).Select(_ => random.Next(shape[1]))];
        return new(
            [Random(random, shape, -5, 5)], x => x[0].CrossEntropy(new IntTensor(labels)), x =>
            {
                var sums = x[0].Map(Math.Exp).Reduce([1], false, 0, (sum, value) => sum + value);
                return DoubleTensor.Scalar(labels.Select((label, row) => Math.Log(sums[row]) - x[0][row, label]).Average());
            },
            new OnnxNode("SoftmaxCrossEntropyLoss", null, Array.ConvertAll(labels, label => (long)label)));
    }

    private static DoubleTensor Mean(DoubleTensor a, DoubleTensor b, Func<double, double, double> loss) => DoubleTensor.Scalar(DoubleTensor.Zip(a, b, loss).Values.Average());

    private static OperationProblem MakeDropout(int variant, RandomSource random)
    {
        const float Rate = 0.25f;
        return new([Random(random, ElementwiseShapes[variant])], x => x[0].Dropout(Rate, new RandomSource(5)), x =>
        {
            var source = new RandomSource(5);
            ulong stream = source.NextStream();
            return new DoubleTensor(x[0].Sizes, [.. x[0].Values.Select((value, i) =>
            {
                var (a, b, c, d) = source.Generator.Block(stream, (ulong)i / 4);
                uint number = (i % 4) switch { 0 => a, 1 => b, 2 => c, _ => d };
                return number < Rate * 4294967296.0 ? 0 : value / (1 - Rate);
            })]);
        });
    }
}
