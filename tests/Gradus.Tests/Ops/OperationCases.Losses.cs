using Gradus.Ops;

namespace Gradus.Tests.Ops;

/// <content>Losses beyond those of <see cref="Normalization"/>.</content>
internal static partial class OperationCases
{
    private static readonly (bool Weighted, float Smoothing, bool Ignores)[] CrossEntropies =
        [(false, 0, false), (true, 0, false), (false, 0.1f, false), (false, 0, true), (true, 0.3f, true)];

    private static readonly (Shape X, int Kinds)[] Embeddings = [([1, 3], 1), ([4, 1], 2), ([6, 5], 2), ([7, 17], 7), ([9, 3], 1), ([12, 16], 3), ([70, 33], 6)];

    private static IEnumerable<OperationCase> Losses =>
    [
        Loss<AbsoluteError>(x => x[0].AbsoluteError(x[1]), (a, b) => Math.Abs(a - b)),
        Loss<Huber>(x => x[0].Huber(x[1], 0.75f), (a, b) => Math.Abs(a - b) <= 0.75 ? (a - b) * (a - b) / 2 : 0.75 * (Math.Abs(a - b) - 0.375)),
        Loss<KullbackLeiblerDivergence>(x => x[0].KullbackLeiblerDivergence(x[1]), (a, b) => b * (Math.Log(b) - a), low: 0.05f, high: 1),
        Loss<Hinge>(x => x[0].Hinge(x[1]), (a, b) => Math.Max(0, 1 - a * b)),
        Loss<FocalLoss>(x => x[0].FocalLoss(x[1], 1.5f, 0.3f), Focal, low: 0, high: 1),
        new("MultiClassHinge", typeof(MultiClassHinge), LossShapes.Length, MakeHinge, "no such operator"),
        new("ContrastivePairs", typeof(ContrastivePairs), LossShapes.Length, MakePairs, "no such operator"),
        new("MinedTriplets, hardest", typeof(MinedTriplets), Embeddings.Length, (variant, random) => MakeTriplets(variant, random, TripletMining.BatchHard), "no such operator"),
        new("MinedTriplets, semi-hard", typeof(MinedTriplets), Embeddings.Length, (variant, random) => MakeTriplets(variant, random, TripletMining.SemiHard), "no such operator"),
        new("AngularMargin", typeof(AngularMargin), 2 * LossShapes.Length, MakeAngularMargin, "no such operator"),
        .. Enumerable.Range(0, CrossEntropies.Length).Select(kind => new OperationCase(
            $"WeightedCrossEntropy {CrossEntropies[kind]}", typeof(WeightedCrossEntropy), LossShapes.Length, (variant, random) => MakeWeightedCrossEntropy(variant, random, kind),
            CrossEntropies[kind].Weighted ? "the operator wants the weights behind the labels" : CrossEntropies[kind].Smoothing > 0 ? "no smoothing there" : null)),
    ];

    private static OperationCase Loss<TOperation>(Func<Tensor[], Tensor> eager, Func<double, double, double> define, float low = -2, float high = 2) =>
        new(typeof(TOperation).Name, typeof(TOperation), LossShapes.Length, (variant, random) => new(
            [Random(random, LossShapes[variant], -3, 3), Random(random, LossShapes[variant], low, high)], eager, x => Mean(x[0], x[1], define)), "no such operator");

    private static double Focal(double x, double target)
    {
        double p = 1 / (1 + Math.Exp(-x));
        return -target * 0.3f * Math.Pow(1 - p, 1.5) * Math.Log(p) - (1 - target) * (1 - 0.3f) * Math.Pow(p, 1.5) * Math.Log(1 - p);
    }

    private static int[] RandomLabels(RandomSource random, int count, int classes) => [.. Enumerable.Range(0, count).Select(_ => random.Next(classes))];

    private static OperationProblem MakeHinge(int variant, RandomSource random)
    {
        var shape = LossShapes[variant];
        int[] labels = RandomLabels(random, shape[0], shape[1]);
        return new([Random(random, shape)], x => x[0].MultiClassHinge(new IntTensor(labels), 0.8f), x => DoubleTensor.Scalar(
            labels.Select((label, row) => Enumerable.Range(0, shape[1]).Where(j => j != label).Sum(j => Math.Max(0, 0.8f + x[0][row, j] - x[0][row, label]))).Average()));
    }

    private static OperationProblem MakePairs(int variant, RandomSource random)
    {
        var shape = LossShapes[variant];
        float margin = 1.4f * MathF.Sqrt(shape[1]); // some pairs within, some beyond
        int[] alike = RandomLabels(random, shape[0], 2);
        return new([Random(random, shape, -1, 1), Random(random, shape, 0, 1.5f)], x => x[0].ContrastivePairs(x[1], new IntTensor(alike), margin), x => DoubleTensor.Scalar(alike.Select((same, pair) =>
        {
            double distance = Math.Sqrt(Enumerable.Range(0, shape[1]).Sum(i => Math.Pow(x[0][pair, i] - x[1][pair, i], 2)));
            return same == 1 ? distance * distance / 2 : Math.Pow(Math.Max(0, margin - distance), 2) / 2;
        }).Average()));
    }

    private static OperationProblem MakeTriplets(int variant, RandomSource random, TripletMining mining)
    {
        var (shape, kinds) = Embeddings[variant];
        int batch = shape[0];
        int[] labels = [.. Enumerable.Range(0, batch).Select(row => row * 5 % kinds)];
        float margin = 0.1f * shape[1];
        return new([Random(random, shape, -1, 1)], x => x[0].MinedTriplets(new IntTensor(labels), margin, mining), Define);

        DoubleTensor Define(DoubleTensor[] x)
        {
            List<double> losses = [];
            for (int anchor = 0; anchor < batch; anchor++)
            {
                double[] own = [.. Others(anchor, same: true).Select(other => Distance(anchor, other)).Order()], foreign = [.. Others(anchor, same: false).Select(other => Distance(anchor, other)).Order()];
                if (own.Length == 0 || foreign.Length == 0) continue;
                if (mining == TripletMining.BatchHard) losses.Add(own[^1] - foreign[0]);
                else losses.AddRange(own.Select(near => near - foreign.Where(far => far > near).DefaultIfEmpty(foreign[^1]).First()));
            }

            return DoubleTensor.Scalar(losses.Select(difference => Math.Max(0, difference + margin)).DefaultIfEmpty().Average());

            double Distance(int a, int b) => Enumerable.Range(0, shape[1]).Sum(i => Math.Pow(x[0][a, i] - x[0][b, i], 2));
        }

        IEnumerable<int> Others(int anchor, bool same) => Enumerable.Range(0, batch).Where(other => other != anchor && (labels[other] == labels[anchor]) == same);
    }

    private static OperationProblem MakeAngularMargin(int variant, RandomSource random)
    {
        var shape = LossShapes[variant / 2];
        var (angle, cosine) = variant % 2 == 0 ? (0.5f, 0f) : (0f, 0.35f);
        int[] labels = RandomLabels(random, shape[0], shape[1]);
        return new([Random(random, shape, -0.99f, 0.99f)], x => x[0].AngularMargin(new IntTensor(labels), 16, angle, cosine), x => DoubleTensor.Of([.. shape], index =>
        {
            double theta = Math.Acos(x[0][index]);
            if (index[1] != labels[index[0]]) return 16 * x[0][index];
            return 16 * ((theta + angle > Math.PI ? x[0][index] - angle * Math.Sin(angle) : Math.Cos(theta + angle)) - cosine);
        }));
    }

    private static OperationProblem MakeWeightedCrossEntropy(int variant, RandomSource random, int kind)
    {
        var (weighted, smoothing, ignores) = CrossEntropies[kind];
        var shape = LossShapes[smoothing > 0 ? Math.Max(1, variant) : variant]; // with one class, terms that cancel to 0 round to something
        int classes = shape[1];
        int[] labels = RandomLabels(random, shape[0], classes);
        for (int row = 1; row < labels.Length && ignores; row += 3) labels[row] = -1;
        Tensor[] inputs = [Random(random, shape, -5, 5)];
        if (weighted) inputs = [.. inputs, Random(random, [classes], 0.2f, 2)];
        var attributes = ignores ? new Dictionary<string, object> { ["ignore_index"] = -1 } : null;
        var onnx = weighted || smoothing > 0 ? null : new OnnxNode("SoftmaxCrossEntropyLoss", attributes, Array.ConvertAll(labels, label => (long)label));
        return new(inputs, x => x[0].CrossEntropy(new IntTensor(labels), weighted ? x[1] : null, smoothing, ignores ? -1 : null), Define, onnx);

        DoubleTensor Define(DoubleTensor[] x)
        {
            double loss = 0, total = 0;
            for (int row = 0; row < labels.Length; row++)
            {
                if (labels[row] < 0) continue;
                double logSum = Math.Log(Enumerable.Range(0, classes).Sum(k => Math.Exp(x[0][row, k])));
                for (int k = 0; k < classes; k++)
                {
                    double target = (k == labels[row] ? 1 - smoothing : 0) + smoothing / classes;
                    loss -= (weighted ? x[1][k] : 1) * target * (x[0][row, k] - logSum);
                }

                total += weighted ? x[1][labels[row]] : 1;
            }

            return DoubleTensor.Scalar(loss / total);
        }
    }
}
