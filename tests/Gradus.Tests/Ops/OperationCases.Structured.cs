using Gradus.Ops;

namespace Gradus.Tests.Ops;

/// <content>Losses of sequences: sums over all tag sequences and over all alignments.</content>
internal static partial class OperationCases
{
    /// <summary>Scale: of the transitions; hundreds take the sums out of the range of floats.</summary>
    private static readonly (int Batch, int Time, int Tags, float Scale, bool Lengths)[] Chains =
    [
        (1, 1, 1, 1, false), (1, 1, 3, 1, false), (3, 2, 2, 1, true), (2, 5, 4, 1, false), (5, 7, 3, 2, true), (2, 4, 16, 1, false), (3, 5, 17, 1, true),
        (19, 6, 5, 1, true), (2, 3, 9, 150, false), (40, 23, 33, 3, true), (3, 40, 7, 90, false), (0, 3, 2, 1, false),
    ];

    private static readonly (int Batch, int Time, int Classes, int Most, int Blank, bool Lengths)[] Labellings =
    [
        (1, 1, 2, 1, 0, false), (1, 1, 1, 0, 0, false), (2, 3, 3, 2, 0, false), (3, 5, 4, 3, 3, true), (5, 9, 5, 4, 1, true), (2, 33, 7, 16, 0, false), (3, 20, 40, 9, 0, true), (18, 50, 30, 20, 0, true), (0, 3, 2, 1, 0, false),
    ];

    private static IEnumerable<OperationCase> Structured =>
    [
        new("LinearChainLikelihood", typeof(LinearChainLikelihood), Chains.Length, (variant, random) => MakeChain(variant, random, tagged: true), "no such operator"),
        new("LinearChainLikelihood, log Z", typeof(LinearChainLikelihood), Chains.Length, (variant, random) => MakeChain(variant, random, tagged: false), "no such operator"),
        new("ConnectionistTemporalClassification", typeof(ConnectionistTemporalClassification), Labellings.Length, MakeLabelling, "no such operator"),
    ];

    /// <summary>log Σ e^x.</summary>
    internal static double LogSum(IEnumerable<double> x)
    {
        double[] values = [.. x];
        double greatest = values.Length == 0 ? double.NegativeInfinity : values.Max();
        return double.IsNegativeInfinity(greatest) ? greatest : greatest + Math.Log(values.Sum(value => Math.Exp(value - greatest)));
    }

    private static OperationProblem MakeChain(int variant, RandomSource random, bool tagged)
    {
        var (batch, time, tags, scale, ragged) = Chains[variant];
        int[] lengths = [.. Enumerable.Range(0, batch).Select(sequence => ragged ? (sequence * 3 + 1) % (time + 1) : time)];
        int[] given = RandomLabels(random, batch * time, tags);
        for (int i = 0; i < given.Length && variant % 2 == 0; i++) if (i % time >= lengths[i / time]) given[i] = -1; // a tag below 0 says the same as a length
        IntTensor tagging = new(given, [batch, time]);
        var numbers = ragged && !(tagged && variant % 2 == 0) ? new IntTensor(lengths) : null;
        return new(
            [Random(random, [batch, time, tags], -3, 3), Random(random, [tags, tags], -scale, scale), Random(random, [tags]), Random(random, [tags])],
            x => tagged ? x[0].LinearChainNegativeLogLikelihood(x[1], x[2], x[3], tagging, numbers) : x[0].LinearChainLogPartition(x[1], x[2], x[3], numbers),
            x => DoubleTensor.Of([batch], index => Define(x, index[0])));

        double Define(DoubleTensor[] x, int sequence)
        {
            int length = lengths[sequence];
            if (length == 0) return 0;
            double[] alpha = [.. Enumerable.Range(0, tags).Select(j => x[2][j] + x[0][sequence, 0, j])];
            for (int t = 1; t < length; t++)
                alpha = [.. Enumerable.Range(0, tags).Select(j => x[0][sequence, t, j] + LogSum(alpha.Select((before, i) => before + x[1][i, j])))];
            double partition = LogSum(alpha.Select((last, j) => last + x[3][j]));
            if (!tagged) return partition;
            int[] path = given[(sequence * time)..(sequence * time + length)];
            return partition - x[2][path[0]] - x[3][path[^1]] - path.Select((tag, t) => x[0][sequence, t, tag]).Sum() - path.Skip(1).Zip(path, (tag, before) => x[1][before, tag]).Sum();
        }
    }

    private static OperationProblem MakeLabelling(int variant, RandomSource random)
    {
        var (batch, time, classes, most, blank, ragged) = Labellings[variant];
        int[] lengths = [.. Enumerable.Range(0, batch).Select(sequence => ragged ? time - sequence % 3 : time)];
        int[] labels = new int[batch * most];
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = (blank + 1 + random.Next(classes - 1)) % classes;
            if (ragged && i % most >= Math.Max(0, most - i / most)) labels[i] = -1;
            else if (i % most > 0 && i % 5 != 0 && labels[i - 1] == labels[i] && classes > 2) labels[i] = (labels[i] + 1) % classes == blank ? (labels[i] + 2) % classes : (labels[i] + 1) % classes;
        }

        return new(
            [Random(random, [batch, time, classes], -3, 3)],
            x => x[0].ConnectionistTemporalClassification(new IntTensor(labels, [batch, most]), ragged ? new IntTensor(lengths) : null, blank),
            x => DoubleTensor.Of([batch], index => Alignments(
                (t, k) => x[0][index[0], t, k] - LogSum(Enumerable.Range(0, classes).Select(c => x[0][index[0], t, c])),
                [.. labels[(index[0] * most)..((index[0] + 1) * most)].TakeWhile(label => label >= 0)], lengths[index[0]], blank)));
    }

    /// <summary>-log P by the textbook's recursion over prefixes, in double precision.</summary>
    private static double Alignments(Func<int, int, double> log, int[] labels, int time, int blank)
    {
        int[] states = [blank, .. labels.SelectMany(label => new[] { label, blank })];
        double[] alpha = [.. states.Select((state, s) => s < 2 ? log(0, state) : double.NegativeInfinity)];
        for (int t = 1; t < time; t++)
        {
            double[] before = alpha;
            alpha = [.. states.Select((state, s) => log(t, state) + LogSum(
                from origin in new[] { s, s - 1, s - 2 }
                where origin >= 0 && (origin > s - 2 || (state != blank && state != states[s - 2]))
                select before[origin]))];
        }

        return -LogSum(alpha.TakeLast(2));
    }
}
