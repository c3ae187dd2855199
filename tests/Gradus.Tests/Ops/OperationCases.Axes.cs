using Gradus.Ops;

namespace Gradus.Tests.Ops;

/// <content>Reductions, changes of shape, and the linear layer's product.</content>
internal static partial class OperationCases
{
    private static readonly (Shape X, int[] Axes)[] Reduced =
    [
        ([], []), ([1], [0]), ([7], []), ([5, 17], [0]), ([5, 17], [-1]), ([3, 5, 2, 7], [0, 2]), ([3, 5, 2, 7], [1, -1]), ([3, 1, 5], [1]),
        ([2, 1, 3, 1], [0, 3]), ([9, 8, 41, 23], [0, 2]), ([9, 8, 41, 23], [1, 3]), ([9, 8, 41, 23], [0, 3]), ([9, 8, 41, 23], [1, 2]),
        ([41, 40, 43], []), ([3, 1, 23000], [0, 1]), ([70000, 1], [1]), ([2, 3, 2, 3, 2, 3, 2, 3], [0, 2, 4, 6]), ([3, 0, 2], [0]), ([0, 5], [1]),
    ];

    private static readonly (Shape X, int[] Order)[] Orders =
    [
        ([], []), ([5], [0]), ([7, 5], [1, 0]), ([3, 5, 7], [2, 0, 1]), ([3, 5, 7], [0, 2, 1]), ([2, 3, 5, 7], [0, -1, 1, 2]), ([2, 1, 3], [1, 2, 0]),
        ([0, 3], [1, 0]), ([131, 17, 37], [1, 2, 0]), ([2, 3, 2, 3, 2, 3, 2, 3], [7, 0, 6, 1, 5, 2, 4, 3]),
    ];

    private static readonly (Shape X, int[] Sizes)[] Reshapes = [([1], []), ([6, 5], [2, -1, 3]), ([3, 7], [21]), ([2, 3, 4], [-1])];

    private static readonly (Shape X, int Axis, int Start, int Length, int Step)[] Slices =
    [
        ([1], 0, 0, 1, 1), ([7], 0, 2, 3, 1), ([7, 5], 0, -4, 2, 2), ([7, 5], 1, 1, 2, 3), ([3, 11, 5], 1, 0, 4, 3), ([3, 11, 5], -1, 4, 1, 7), ([5, 3], 0, 2, 0, 1),
        ([130, 17, 13], 1, 3, 6, 2), ([2, 3, 2, 3, 2, 3, 2, 3], 4, 1, 1, 1),
    ];

    private static readonly (int Axis, Shape[] Inputs)[] Concatenations =
    [
        (0, [[1]]), (0, [[3], [5]]), (1, [[4, 3], [4, 1], [4, 7]]), (0, [[2, 3], [5, 3]]), (-2, [[3, 2, 5], [3, 4, 5], [3, 0, 5]]), (1, [[70, 200], [70, 117]]), (1, [[0, 3], [0, 2]]),
    ];

    private static readonly (Shape X, Shape Weight)[] LinearShapes =
        [([1, 1], [1, 1]), ([5], [3, 5]), ([7, 5], [3, 5]), ([17, 33], [31, 33]), ([2, 3, 5], [7, 5]), ([0, 5], [3, 5]), ([150, 140], [130, 140])];

    private static IEnumerable<OperationCase> Axes =>
    [
        new("Sum", typeof(Sum), 2 * Reduced.Length, (variant, random) => MakeReduction(variant, random, "ReduceSum", (x, axes, keep) => x.Sum(axes, keep), 0, (sum, value) => sum + value)),
        new("Mean", typeof(Sum), 2 * Reduced.Length, (variant, random) => MakeReduction(variant, random, "ReduceMean", (x, axes, keep) => x.Mean(axes, keep), 0, (sum, value) => sum + value, mean: true)),
        new("Max", typeof(Max), 2 * Reduced.Length, (variant, random) => MakeReduction(variant, random, "ReduceMax", (x, axes, keep) => x.Max(axes, keep), double.NegativeInfinity, Math.Max)),
        new("Permute", typeof(Permute), Orders.Length, MakePermutation),
        new("Reshape", typeof(Reshape), Reshapes.Length, (variant, random) =>
        {
            var (shape, sizes) = Reshapes[variant];
            int missing = shape.Count / Math.Abs(sizes.Aggregate(1, (product, size) => product * size));
            return new(
                [Random(random, shape)], x => x[0].Reshape(sizes),
                x => new([.. sizes.Select(size => size == -1 ? missing : size)], x[0].Values), new OnnxNode("Reshape", null, Longs(sizes)));
        }),
        new("Slice", typeof(Slice), Slices.Length, MakeSlice),
        new("Concat", typeof(Concat), Concatenations.Length, MakeConcatenation),
        new("Linear", typeof(Linear), LinearShapes.Length, (variant, random) => MakeLinear(variant, random, biased: false, relu: false), "Gemm: see MatMul, and the biased form"),
        new("Linear, bias", typeof(Linear), LinearShapes.Length, (variant, random) => MakeLinear(variant, random, biased: true, relu: false)),
        new("Linear, bias and ReLU", typeof(Linear), LinearShapes.Length, (variant, random) => MakeLinear(variant, random, biased: true, relu: true), "a form that capture chooses"),
    ];

    private static long[] Longs(int[] values) => Array.ConvertAll(values, value => (long)value);

    private static OperationProblem MakeReduction(
        int variant, RandomSource random, string onnx, Func<Tensor, int[], bool, Tensor> eager, double start, Func<double, double, double> fold, bool mean = false)
    {
        var (shape, axes) = Reduced[variant / 2];
        bool keep = variant % 2 == 1;
        var attributes = new Dictionary<string, object> { ["keepdims"] = keep ? 1 : 0 };
        return new([Random(random, shape)], x => eager(x[0], axes, keep), Define, shape.Count == 0 ? null : axes.Length == 0 ? new OnnxNode(onnx, attributes) : new OnnxNode(onnx, attributes, Longs(axes)));

        DoubleTensor Define(DoubleTensor[] x)
        {
            var reduced = x[0].Reduce(axes, keep, start, fold);
            return mean ? reduced.Map(value => value / (x[0].Values.Length / (double)reduced.Values.Length)) : reduced;
        }
    }

    private static OperationProblem MakePermutation(int variant, RandomSource random)
    {
        var (shape, order) = Orders[variant];
        int[] positive = [.. order.Select(shape.Axis)];
        return new([Random(random, shape)], x => x[0].Permute(order), Define, shape.Count == 0 ? null : new OnnxNode("Transpose", new() { ["perm"] = positive }));

        DoubleTensor Define(DoubleTensor[] x) => DoubleTensor.Of([.. positive.Select(axis => x[0].Sizes[axis])], index =>
        {
            int[] source = new int[index.Length];
            for (int i = 0; i < index.Length; i++) source[positive[i]] = index[i];
            return x[0][source];
        });
    }

    private static OperationProblem MakeSlice(int variant, RandomSource random)
    {
        var (shape, axis, start, length, step) = Slices[variant];
        int along = shape.Axis(axis), first = start < 0 ? start + shape[along] : start;
        int[] sizes = [.. shape.With(along, length)];
        return new(
            [Random(random, shape)], x => x[0].Slice(axis, start, length, step),
            x => DoubleTensor.Of(sizes, index => x[0][[.. index.Select((at, i) => i == along ? first + at * step : at)]]),
            length == 0 ? null : new OnnxNode("Slice", null, [first], [first + (length - 1) * step + 1], [along], [step]));
    }

    private static OperationProblem MakeConcatenation(int variant, RandomSource random)
    {
        var (axis, shapes) = Concatenations[variant];
        int along = shapes[0].Axis(axis);
        int[] sizes = [.. shapes[0].With(along, shapes.Sum(shape => shape[along]))];
        return new([.. shapes.Select(shape => Random(random, shape))], x => Tensor.Concat(axis, x), Define, shapes.Any(shape => shape.Count == 0) ? null : new OnnxNode("Concat", new() { ["axis"] = axis }));

        DoubleTensor Define(DoubleTensor[] x) => DoubleTensor.Of(sizes, index =>
        {
            int input = 0;
            int[] at = [.. index];
            while (at[along] >= x[input].Sizes[along]) at[along] -= x[input++].Sizes[along];
            return x[input][at];
        });
    }

    private static OperationProblem MakeLinear(int variant, RandomSource random, bool biased, bool relu)
    {
        var (shape, weight) = LinearShapes[variant];
        Tensor[] inputs = [Random(random, shape, -1, 1), Random(random, weight, -1, 1)];
        if (biased) inputs = [.. inputs, Random(random, [weight[0]], -1, 1)];
        return new(
            inputs, x => relu ? new Linear(relu: true).Apply(x) : x[0].Linear(x[1], biased ? x[2] : null),
            x => DoubleTensor.Of([.. shape[..^1], weight[0]], index =>
            {
                double sum = biased ? x[2][index[^1]] : 0;
                int row = 0;
                for (int axis = 0; axis < index.Length - 1; axis++) row = row * shape[axis] + index[axis];
                for (int i = 0; i < weight[1]; i++) sum += x[0].Values[row * weight[1] + i] * x[1].Values[index[^1] * weight[1] + i];
                return relu ? Math.Max(sum, 0) : sum;
            }),
            biased && !relu && shape.Rank == 2 && shape.Count > 0 ? new OnnxNode("Gemm", new() { ["transB"] = 1 }) : null);
    }
}
