using Gradus.Ops;

namespace Gradus.Tests.Ops;

internal static partial class OperationCases
{
    private static readonly Shape[] MixedLabelShapes = [[1, 1], [1, 2], [3, 5], [7, 17], [64, 10], [2, 1031]];

    private static IEnumerable<OperationCase> MixedLabels =>
    [
        new("SoftmaxMixedCrossEntropy", typeof(SoftmaxMixedCrossEntropy), MixedLabelShapes.Length, MakeMixedCrossEntropy, "no operator with two labels a row"),
    ];

    // The shares 0 and 1, and rows whose two labels are the same, are among the problems.
    private static OperationProblem MakeMixedCrossEntropy(int variant, RandomSource random)
    {
        var shape = MixedLabelShapes[variant];
        var rows = Enumerable.Range(0, shape[0]).Select(row => (First: random.Next(shape[1]), Second: random.Next(shape[1]), Share: random.Next(5) / 4f)).ToArray();
        var labels = new IntTensor(new int[3 * shape[0]], [shape[0], 3]);
        for (int row = 0; row < rows.Length; row++) MixedLabel.Write(labels.Span, row, rows[row].First, rows[row].Second, rows[row].Share);
        return new([Random(random, shape)], x => x[0].MixedCrossEntropy(labels), x =>
        {
            var sums = x[0].Map(Math.Exp).Reduce([1], false, 0, (sum, value) => sum + value);
            return DoubleTensor.Scalar(rows.Select((label, row) =>
                label.Share * (Math.Log(sums[row]) - x[0][row, label.First]) + (1 - label.Share) * (Math.Log(sums[row]) - x[0][row, label.Second])).Average());
        });
    }
}
