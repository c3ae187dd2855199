using Gradus.Ops;

namespace Gradus.Tests.Ops;

/// <content>Activations and powers.</content>
internal static partial class OperationCases
{
    private static readonly float[] Exponents = [0, 1, 3, 7, -2, 1.5f, -0.5f, -2.5f, 0.3f, -1.7f, 40];

    private static readonly (Shape X, Shape Slope)[] Slopes =
    [
        ([1], [1]), ([7, 5], [5]), ([7, 5], [1]), ([0, 3], [3]), ([3, 5, 7, 2], [5, 1, 1]), ([3, 5, 7, 2], [5]), ([2, 3, 11], [3]), ([2, 3, 11], [1]), ([41, 17, 23], [17, 1]),
    ];

    private static IEnumerable<OperationCase> Activations =>
    [
        Activation<LeakyRelu>(x => x.LeakyRelu(0.2f), x => x > 0 ? x : 0.2f * x, new("LeakyRelu", new() { ["alpha"] = 0.2f })),
        Activation<Elu>(x => x.Elu(1.5f), x => x > 0 ? x : 1.5 * (Math.Exp(x) - 1), new("Elu", new() { ["alpha"] = 1.5f })),
        Activation<GeluTanh>(
            x => x.GeluTanh(), x => x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))) / 2, new("Gelu", new() { ["approximate"] = "tanh" })),
        Activation<Silu>(x => x.Silu(), x => x / (1 + Math.Exp(-x)), null, "no such operator before operator set 24"),
        Activation<Softplus>(x => x.Softplus(), x => Math.Log(1 + Math.Exp(x)), new("Softplus")),
        Activation<HardSwish>(x => x.HardSwish(), x => x * Math.Clamp(x + 3, 0, 6) / 6, new("HardSwish")),
        Activation<Absolute>(x => x.Abs(), Math.Abs, new("Abs")),
        Activation<Clamp>(x => x.Clamp(-1.5f, 2), x => Math.Clamp(x, -1.5, 2), new("Clip") { Constants = [Tensor.Scalar(-1.5f), Tensor.Scalar(2)] }),
        Activation<Square>(x => x.Square(), x => x * x, new("Pow") { Constants = [Tensor.Scalar(2)] }),
        Unary<Reciprocal>(x => x.Reciprocal(), x => 1 / x, "Reciprocal", 0.3f),
        new("Reciprocal, of a constant", typeof(Reciprocal), 1, (_, random) => new([Random(random, [7, 5], 0.3f)], x => 3 / x[0], x => x[0].Map(x => 3 / x)), "two nodes there"),
        new("Power", typeof(Power), Exponents.Length * ElementwiseShapes.Length, MakePower),
        new("Power, each its own", typeof(ElementwisePower), BroadcastShapes.Length, (variant, random) => new(
            [Random(random, BroadcastShapes[variant].A, 0.2f), Random(random, BroadcastShapes[variant].B)],
            x => x[0].Pow(x[1]), x => DoubleTensor.Zip(x[0], x[1], Math.Pow), new OnnxNode("Pow"))),
        new("PRelu", typeof(PRelu), Slopes.Length, MakePRelu),
    ];

    private static OperationCase Activation<TOperation>(Func<Tensor, Tensor> eager, Func<double, double> define, OnnxNode? onnx, string? noOnnx = null) =>
        new(typeof(TOperation).Name, typeof(TOperation), ElementwiseShapes.Length, (variant, random) => new(
            [Random(random, ElementwiseShapes[variant], -5, 5)], x => eager(x[0]), x => x[0].Map(define), onnx), noOnnx);

    private static OperationProblem MakePower(int variant, RandomSource random)
    {
        var shape = ElementwiseShapes[variant % ElementwiseShapes.Length];
        float exponent = Exponents[variant / ElementwiseShapes.Length];
        bool isWhole = exponent == MathF.Floor(exponent);
        return new(
            [Random(random, shape, isWhole && exponent is >= 0 and < 10 ? -2 : 0.5f, 1.5f)], x => x[0].Pow(exponent), x => x[0].Map(x => Math.Pow(x, exponent)),
            new OnnxNode("Pow") { Constants = [Tensor.Scalar(exponent)] });
    }

    private static OperationProblem MakePRelu(int variant, RandomSource random)
    {
        var (shape, slope) = Slopes[variant];
        int[] spread = slope.Rank == 1 && shape.Rank > 2 ? [slope[0], .. Enumerable.Repeat(1, shape.Rank - 2)] : [.. slope];
        return new(
            [Random(random, shape), Random(random, slope, -1, 1)], x => slope.Rank == 1 ? x[0].PRelu(x[1]) : new PRelu().Apply(x),
            x => DoubleTensor.Zip(x[0], new DoubleTensor(spread, x[1].Values), (x, slope) => x > 0 ? x : slope * x),
            spread.Length == slope.Rank && shape.Count > 0 ? new OnnxNode("PRelu") : null);
    }
}
