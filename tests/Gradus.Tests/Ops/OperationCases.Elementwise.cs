using Gradus.Ops;

namespace Gradus.Tests.Ops;

/// <content>Functions element by element.</content>
internal static partial class OperationCases
{
    private static readonly (Shape A, Shape B)[] BroadcastShapes =
        [([], []), ([1], [1]), ([5, 17], [5, 17]), ([5, 1, 17], [3, 1]), ([2, 3, 4], []), ([1], [7, 3]), ([0, 3], [3]), ([1801, 5], [5]), ([3, 5, 1], [3, 1, 1201])];

    private static IEnumerable<OperationCase> Elementwise =>
    [
        Binary<Add>((a, b) => a + b, (a, b) => a + b, "Add"),
        Binary<Subtract>((a, b) => a - b, (a, b) => a - b, "Sub"),
        Binary<Multiply>((a, b) => a * b, (a, b) => a * b, "Mul"),
        Binary<Divide>((a, b) => a / b, (a, b) => a / b, "Div", low: 0.5f),
        Unary<Affine>(x => 3 * x + 0.25f - 2, x => 3 * x - 1.75, null, noOnnx: "two nodes there, Mul and Add, with the constants as tensors"),
        Unary<Relu>(x => x.Relu(), x => Math.Max(x, 0), "Relu"),
        Unary<Sigmoid>(x => x.Sigmoid(), x => 1 / (1 + Math.Exp(-x)), "Sigmoid", -9, 9),
        Unary<Tanh>(x => x.Tanh(), Math.Tanh, "Tanh", -5, 5),
        Unary<Exponential>(x => x.Exp(), Math.Exp, "Exp"),
        Unary<Logarithm>(x => x.Log(), Math.Log, "Log", 0.1f),
        Unary<SquareRoot>(x => x.Sqrt(), Math.Sqrt, "Sqrt", 0.1f),
        Unary<Gelu>(x => x.Gelu(), x => x * NormalDistribution(x), "Gelu", -4, 4),
    ];

    private static OperationCase Binary<TOperation>(Func<Tensor, Tensor, Tensor> eager, Func<double, double, double> define, string onnx, float low = -2) =>
        new(typeof(TOperation).Name, typeof(TOperation), BroadcastShapes.Length, (variant, random) => new(
            [Random(random, BroadcastShapes[variant].A), Random(random, BroadcastShapes[variant].B, low)],
            x => eager(x[0], x[1]), x => DoubleTensor.Zip(x[0], x[1], define), new OnnxNode(onnx)));

    /// <summary>By the power series of Abramowitz and Stegun 26.2.10: no rounding to speak of up to |x| = 4.</summary>
    private static double NormalDistribution(double x)
    {
        double term = x, sum = x;
        for (int n = 1; n < 200; n++)
        {
            term *= -x * x / (2 * n);
            sum += term / (2 * n + 1);
        }

        return 0.5 + sum / Math.Sqrt(2 * Math.PI);
    }
}
