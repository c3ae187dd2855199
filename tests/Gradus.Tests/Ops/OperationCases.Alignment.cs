using Gradus.Ops;

namespace Gradus.Tests.Ops;

/// <content>Attention whose weights are kept.</content>
internal static partial class OperationCases
{
    private static readonly (Shape X, int[] Lengths)[] SequenceLines =
    [
        ([1, 1], [1]), ([3, 5], [5, 0, 2]), ([2, 3, 7], [1, 7]), ([2, 2, 3, 17], [16, 3]), ([5, 4, 33], [0, 33, 32, 1, 20]), ([2, 37, 300], [299, 16]),
        ([0, 2, 3], []), ([2, 0, 3], [1, 2]), ([2, 3, 0], [0, 0]),
    ];

    private static readonly (int Batch, int Queries, int Keys, int Hidden)[] ScoreSizes =
        [(1, 1, 1, 1), (2, 3, 5, 7), (3, 1, 4, 16), (2, 5, 2, 33), (3, 17, 31, 24), (0, 2, 3, 4), (2, 0, 3, 4), (2, 3, 0, 4)];

    private static IEnumerable<OperationCase> Alignment =>
    [
        new("MaskedSoftmax", typeof(MaskedSoftmax), SequenceLines.Length, MakeMaskedSoftmax, "no such operator"),
        new("AdditiveScores", typeof(AdditiveScores), ScoreSizes.Length, MakeAdditiveScores, "no such operator"),
    ];

    private static OperationProblem MakeMaskedSoftmax(int variant, RandomSource random)
    {
        var (shape, lengths) = SequenceLines[variant];
        return new([Random(random, shape, -5, 5)], x => x[0].MaskedSoftmax(new IntTensor(lengths)), x => DoubleTensor.Of(x[0].Sizes, index =>
        {
            int length = lengths[index[0]];
            if (index[^1] >= length) return 0;
            double[] powers = [.. Enumerable.Range(0, length).Select(j => Math.Exp(x[0][[.. index[..^1], j]]))];
            return powers[index[^1]] / powers.Sum();
        }));
    }

    private static OperationProblem MakeAdditiveScores(int variant, RandomSource random)
    {
        var (batch, queries, keys, hidden) = ScoreSizes[variant];
        return new(
            [Random(random, [batch, queries, hidden]), Random(random, [batch, keys, hidden]), Random(random, [hidden])],
            x => x[0].AdditiveScores(x[1], x[2]),
            x => DoubleTensor.Of([batch, queries, keys], index => Enumerable.Range(0, hidden).Sum(c => x[2][c] * Math.Tanh(x[0][index[0], index[1], c] + x[1][index[0], index[2], c]))));
    }
}
