using Gradus.Ops;

namespace Gradus.Tests.Ops;

/// <content>Comparisons, and what chooses between tensors.</content>
internal static partial class OperationCases
{
    private static readonly (Shape Condition, Shape A, Shape B)[] ChoiceShapes =
    [
        ([], [], []), ([1], [7, 3], [3]), ([5, 17], [5, 17], [5, 17]), ([5, 1, 17], [3, 1], []), ([2, 1], [1, 3], [2, 3]), ([0, 3], [3], [1]), ([1801, 5], [5], [1801, 1]), ([7], [7], []),
    ];

    private static IEnumerable<OperationCase> Choices =>
    [
        Relation("Greater", (a, b) => a.Greater(b), (a, b) => a > b),
        Relation("GreaterOrEqual", (a, b) => a >= b, (a, b) => a >= b),
        Relation("Less", (a, b) => a < b, (a, b) => a < b),
        Relation("LessOrEqual", (a, b) => a.LessOrEqual(b), (a, b) => a <= b),
        Relation("Equal", (a, b) => a.Equal(b), (a, b) => a == b),
        Relation("NotEqual", (a, b) => a.NotEqual(b), (a, b) => a != b, "two nodes there, Equal and Not"),
        Pair<Extremum>("Minimum", (a, b) => a.Minimum(b), Math.Min, "Min"),
        Pair<Extremum>("Maximum", (a, b) => a.Maximum(b), Math.Max, "Max"),
        new("Where", typeof(Keep), ChoiceShapes.Length, MakeChoice),
    ];

    // whole numbers, so that many are equal
    private static OperationCase Relation(string name, Func<Tensor, Tensor, Tensor> eager, Func<double, double, bool> define, string? noOnnx = null) =>
        new(name, typeof(Comparison), BroadcastShapes.Length, (variant, random) => new(
            [Whole(random, BroadcastShapes[variant].A), Whole(random, BroadcastShapes[variant].B)], x => eager(x[0], x[1]),
            x => DoubleTensor.Zip(x[0], x[1], (a, b) => define(a, b) ? 1 : 0), noOnnx is null ? new OnnxNode(name) { GivesBooleans = true } : null)
        {
            Differentiable = 0,
        }, noOnnx);

    private static OperationCase Pair<TOperation>(string name, Func<Tensor, Tensor, Tensor> eager, Func<double, double, double> define, string onnx) =>
        new(name, typeof(TOperation), BroadcastShapes.Length, (variant, random) => new(
            [Random(random, BroadcastShapes[variant].A), Random(random, BroadcastShapes[variant].B)],
            x => eager(x[0], x[1]), x => DoubleTensor.Zip(x[0], x[1], define), new OnnxNode(onnx)));

    private static OperationProblem MakeChoice(int variant, RandomSource random)
    {
        var (shape, a, b) = ChoiceShapes[variant];
        var condition = Random(random, shape) > 0;
        return new(
            [Random(random, a), Random(random, b)], x => Tensor.Where(condition, x[0], x[1]),
            x => DoubleTensor.Zip(
                DoubleTensor.Zip(DoubleTensor.From(condition), x[0], (condition, a) => condition != 0 ? a : double.NaN), x[1], (a, b) => double.IsNaN(a) ? b : a),
            new OnnxNode("Where") { Conditions = [condition] });
    }

    private static Tensor Whole(RandomSource random, Shape shape)
    {
        var tensor = Tensor.Zeros(shape);
        for (int i = 0; i < tensor.Count; i++) tensor.Span[i] = random.Next(5) - 2;
        return tensor;
    }
}
