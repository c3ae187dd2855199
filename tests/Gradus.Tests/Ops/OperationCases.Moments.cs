using Gradus.Ops;

namespace Gradus.Tests.Ops;

/// <content>Reductions beside sums and maxima.</content>
internal static partial class OperationCases
{
    private static IEnumerable<OperationCase> Moments =>
    [
        new("Min", typeof(Max), 2 * Reduced.Length, (variant, random) => MakeReduction(variant, random, "ReduceMin", (x, axes, keep) => x.Min(axes, keep), double.PositiveInfinity, Math.Min)),
        new("LogSumExp", typeof(LogSumExp), 2 * Reduced.Length, MakeLogSumExp),
        new("Variance", typeof(Variance), 2 * Reduced.Length, (variant, random) => MakeVariance(variant, random, correction: 0), "no such operator"),
        new("Variance, unbiased", typeof(Variance), 2 * Reduced.Length, (variant, random) => MakeVariance(variant, random, correction: 1), "no such operator"),
    ];

    private static OperationProblem MakeLogSumExp(int variant, RandomSource random)
    {
        var (shape, axes) = Reduced[variant / 2];
        bool keep = variant % 2 == 1;
        var attributes = new Dictionary<string, object> { ["keepdims"] = keep ? 1 : 0 };
        return new(
            [Random(random, shape, -5, 5)], x => x[0].LogSumExp(axes, keep), x => x[0].Map(Math.Exp).Reduce(axes, keep, 0, (sum, value) => sum + value).Map(Math.Log),
            shape.Count == 0 ? null : axes.Length == 0 ? new OnnxNode("ReduceLogSumExp", attributes) : new OnnxNode("ReduceLogSumExp", attributes, Longs(axes)));
    }

    private static OperationProblem MakeVariance(int variant, RandomSource random, int correction)
    {
        var (shape, axes) = Reduced[variant / 2];
        bool keep = variant % 2 == 1;
        int results = x(shape).Reduce(axes, false, 0, (sum, _) => sum).Values.Length, count = results == 0 ? 1 : shape.Count / results;
        int taken = count > 1 ? correction : 0;
        return new([Random(random, shape)], x => x[0].Variance(axes, keep, taken), x =>
        {
            var mean = x[0].Reduce(axes, true, 0, (sum, value) => sum + value).Map(sum => sum / count);
            return DoubleTensor.Zip(x[0], mean, (x, mean) => (x - mean) * (x - mean)).Reduce(axes, keep, 0, (sum, value) => sum + value).Map(sum => sum / (count - taken));
        });

        static DoubleTensor x(Shape shape) => DoubleTensor.Of([.. shape], _ => 0);
    }
}
