using Gradus.Data;
using Gradus.Layers;

namespace Gradus.Labs.Foundations;

/// <summary>"Deep learning is always better" is wrong: on a hundred rows of a small table a linear classifier is at least as accurate as a deep network.</summary>
/// <remarks>
/// Six measurements of banknotes, genuine or counterfeit; half of the 200 rows to learn from, half to test on, split anew several times for each seed. Both
/// models train until their loss is near its end. What decides is the data: where no plane separates the classes, the deep network wins (a knob shows it). Grinsztajn, Oyallon
/// and Varoquaux 2022, https://arxiv.org/abs/2207.08815, find the same for trees on larger tables.
/// </remarks>
public sealed class DeepOnSmallTables : Lab
{
    [Knob(1, 8, En = "hidden layers of the deep network", Zh = "深层网络的隐藏层数")]
    public int Depth { get; init; } = 4;

    [Knob(4, 256, En = "units in each hidden layer", Zh = "每个隐藏层的单元数")]
    public int Width { get; init; } = 64;

    [Knob(0.0001, 0.1, En = "learning rate of both", Zh = "两者的学习率")]
    public double LearningRate { get; init; } = 0.01;

    [Knob(En = "replaces the classes: one where the deviations of the first and the last measurement have the same sign, so that no plane separates them", Zh = "改换类别：首末两项测量的偏差同号者为一类，于是没有平面能把两类分开")]
    public bool CurvedBoundary { get; init; }

    public override Bilingual Title => (
        "On a hundred rows of a small table a linear classifier is no worse than a deep network",
        "在只有一百行的小表格上，线性分类器不比深层网络差");

    public override IReadOnlyList<string> Data => [Sets.SwissNotes];

    public override IReadOnlyList<Preset> Presets =>
    [
        new("curved-boundary", (
            "Classes that no plane separates: now the deep network is far ahead. Not the size of the table alone decides, but what the boundary looks like.",
            "换成没有平面能分开的类别：深层网络遥遥领先。起决定作用的不只是表格大小，还有边界的形状。"), ("curved-boundary", "true")),
        new("very-deep", ("Eight layers: nothing is gained on a hundred rows.", "八层：在一百行数据上得不到任何好处。"), ("depth", "8")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var (first, second) = lab.Load(Sets.SwissNotes);
        var table = Join(first, second);
        int splits = lab.Pick(2, 6, 10);
        int[] sizes = lab.Pick<int[]>([100], [10, 25, 50, 100], [10, 25, 50, 100]);
        var curves = new Dictionary<string, double[]>();

        Arm Accuracy(Bilingual name, Func<RandomSource, Layer> build) => lab.Measure(name, seed =>
        {
            var shares = new double[sizes.Length];
            for (int split = 0; split < splits; split++)
            {
                var (half, test) = table.Split(0.5, 1000 * seed + (ulong)split);
                for (int i = 0; i < sizes.Length; i++) shares[i] += Measure(lab, build(new RandomSource(seed + (ulong)split)), LabContext.Some(half, sizes[i], seed), test, name) / splits;
            }

            curves.TryAdd(name.En, shares);
            return Math.Round(shares[^1], 9); // shares of whole rows: what sums of them lose by rounding must not decide
        });

        var linear = Accuracy(("linear classifier", "线性分类器"), random => new Sequential(new Flatten(), new Linear(6, 2, random: random)));
        var deep = Accuracy(($"{Depth} hidden layers", $"{Depth} 个隐藏层"), Deep);
        if (sizes.Length > 1)
        {
            double[] rows = [.. sizes.Select(size => (double)size)];
            lab.Show(new Chart(
                "accuracy-by-rows", ("Accuracy on rows not seen, by the number of rows learned from", "未见过的行上的准确率与训练行数"), ("training rows", "训练行数"), ("accuracy", "准确率"),
                [new ChartLine(linear.Name, rows, curves[linear.Name.En]), new ChartLine(deep.Name, rows, curves[deep.Name.En])]));
        }

        Scatter(lab, table);
        return
        [
            Verdict.Refutes("deep-is-always-better", [linear, deep],
                Condition.AtLeast(("accuracy of the linear classifier minus that of the deep network", "线性分类器与深层网络准确率之差"), linear.Median - deep.Median, 0),
                Condition.AtLeast(("accuracy of the linear classifier", "线性分类器的准确率"), linear.Median, 0.97)),
        ];
    }

    private Sequential Deep(RandomSource random)
    {
        List<Layer> layers = [new Flatten()];
        for (int i = 0; i < Depth; i++) layers.AddRange([new Linear(i == 0 ? 6 : Width, Width, random: random), new Relu()]);
        return new Sequential([.. layers, new Linear(Width, 2, random: random)]);
    }

    private double Measure(LabContext lab, Layer model, Dataset training, Dataset test, Bilingual name)
    {
        var normalization = Normalization.Of(training);
        lab.Fit(model, new Adam(model.Parameters, (float)LearningRate), LabContext.Batches(training, 25, 0, normalization), lab.Pick(60, 100, 150), line: name);
        return lab.Accuracy(model, LabContext.Batches(test, 100, normalization: normalization));
    }

    // The whole table, with its own classes or those of the knob.
    private TableDataset Join(Dataset first, Dataset second)
    {
        int columns = first.Channels, rows = first.Count + second.Count;
        var (values, labels) = (new float[rows * columns], new int[rows]);
        for (int i = 0; i < rows; i++)
        {
            var (part, at) = i < first.Count ? (first, i) : (second, i - first.Count);
            part.Read(at, values.AsSpan(i * columns, columns));
            labels[i] = part.Label(at);
        }

        if (CurvedBoundary)
        {
            float Median(int column) => Enumerable.Range(0, rows).Select(i => values[i * columns + column]).Order().ElementAt(rows / 2);
            var (left, right) = (Median(0), Median(columns - 1));
            for (int i = 0; i < rows; i++) labels[i] = values[i * columns] > left == values[i * columns + columns - 1] > right ? 1 : 0;
        }

        return new TableDataset(first.Name, [.. Enumerable.Range(0, columns).Select(i => $"{i}")], values, labels, first.ClassNames);
    }

    // Two of the measurements are enough to see that a straight line nearly does it: points are lines of one point each.
    private static void Scatter(LabContext lab, TableDataset table)
    {
        var sample = new float[table.SampleLength];
        var points = table.ClassNames.Select(_ => (X: new List<double>(), Y: new List<double>())).ToArray();
        for (int i = 0; i < table.Count; i++)
        {
            table.Read(i, sample);
            var (x, y) = points[table.Label(i)];
            x.AddRange([sample[3], double.NaN]);
            y.AddRange([sample[5], double.NaN]);
        }

        lab.Show(new Chart(
            "two-measurements", ("The notes by two of their six measurements", "按六项测量中的两项画出的钞票"), ("distance of the frame from the lower edge, mm", "图框到下边的距离（毫米）"), ("length of the diagonal, mm", "对角线长度（毫米）"),
            [.. table.ClassNames.Select((name, i) => new ChartLine(name, points[i].X, points[i].Y))]));
    }
}
