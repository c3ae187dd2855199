using Gradus.Layers;
using Gradus.Losses;
using Gradus.Training;

namespace Gradus.Labs.Optimization;

/// <summary>Full-batch descent goes straight down the valley, mini-batches sway, single samples wander: the way is the longer for its distance the smaller the batch.</summary>
/// <remarks>
/// A line is fitted to noisy points: two weights, so that the paths can be drawn on the loss' contours, which are ellipses. All three take as many steps with one learning
/// rate from one start. What is measured is the length of the path over the distance between its ends. Robbins and Monro 1951, "A stochastic approximation method".
/// </remarks>
public sealed class DescentPaths : Lab
{
    private const int Points = 256;

    [Knob(0, 3, En = "deviation of the points from their line: what makes samples disagree", Zh = "数据点偏离直线的标准差：样本之间分歧的来源")]
    public double Noise { get; init; } = 1;

    [Knob(0.001, 0.5, En = "learning rate, the same for all three", Zh = "学习率，三组相同")]
    public double LearningRate { get; init; } = 0.05;

    [Knob(En = "gives every sample the same input, and no noise: all samples then agree", Zh = "令所有样本的输入相同且无噪声：此时所有样本意见一致")]
    public bool EqualSamples { get; init; }

    public override Bilingual Title => (
        "Single samples wander, mini-batches sway, the full batch goes straight",
        "单样本四处游走，小批量左右摇摆，全批量径直下降");

    public override IReadOnlyList<Preset> Presets =>
    [
        new("no-disagreement", ("All samples are the same: each batch's gradient is that of all, and the three paths are one.", "所有样本相同：任何批次的梯度都等于全体的梯度，三条路径合为一条。"), ("equal-samples", "true")),
        new("noisy", ("Three times the noise: the single samples never settle at this rate.", "噪声放大三倍：在此学习率下单样本永远安定不下来。"), ("noise", "3")),
        new("fast", ("A rate of 0.3: the full batch still arrives; the single samples are thrown about.", "学习率 0.3：全批量仍能到达，单样本被抛来抛去。"), ("learning-rate", "0.3")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        int steps = lab.Pick(150, 300, 300);
        var paths = new List<ChartLine>();
        Arm Wander(Bilingual name, int batch) => lab.Measure(name, seed =>
        {
            var (x, y) = Cloud(seed);
            double[][] path = Path(x, y, batch, steps, seed);
            if (seed == lab.Seeds[0]) paths.Add(new ChartLine(name, [.. path.Select(point => point[0])], [.. path.Select(point => point[1])]));
            double length = path.Zip(path.Skip(1), Distance).Sum();
            return length / Distance(path[0], path[^1]);
        });

        var single = Wander(("single samples", "单样本"), 1);
        var mini = Wander(("mini-batches of 16", "小批量 16"), 16);
        var full = Wander(("the whole set", "全批量"), Points);
        lab.Show(new Chart("paths", ("Three paths down the same loss; the ellipses are its contours", "同一损失上的三条下降路径；椭圆为等高线"), ("weight", "权重"), ("bias", "偏置"), [.. paths, .. Contours(Cloud(lab.Seeds[0]))]));
        Bilingual over = ("path length over distance", "路径长度与首尾距离之比");
        return
        [
            Verdict.Holds("stochastic-paths-wander", [single, mini, full],
                Condition.AtLeast(($"{over.En}: single samples over mini-batches", $"{over.Zh}：单样本比小批量"), single.Median / mini.Median, 1.5),
                Condition.AtLeast(($"{over.En}: mini-batches over the whole set", $"{over.Zh}：小批量比全批量"), mini.Median / full.Median, 1.1),
                Condition.AtMost(($"{over.En}, whole set", $"{over.Zh}，全批量"), full.Median, 1.2)),
        ];
    }

    // y = 1.5 x - 0.5 + noise
    private (Tensor X, Tensor Y) Cloud(ulong seed)
    {
        var random = new RandomSource(seed);
        Tensor x = Tensor.Zeros([Points, 1]), noise = Tensor.Zeros([Points, 1]);
        random.Normal(x.Span);
        random.Normal(noise.Span, 0, (float)Noise);
        if (EqualSamples)
        {
            x.Span.Fill(0.7f);
            noise.Span.Clear();
        }

        return (x, Tensor.From([.. x.ToArray().Zip(noise.ToArray(), (a, b) => 1.5f * a - 0.5f + b)], x.Shape));
    }

    private double[][] Path(Tensor x, Tensor y, int batch, int steps, ulong seed)
    {
        var line = new Linear(1, 1, random: new RandomSource(0));
        (line.Weight.Span[0], line.Bias!.Span[0]) = (-1.5f, 1.5f);
        var optimizer = new Sgd(line.Parameters, (float)LearningRate);
        var source = new TensorBatches(x, y, batch, seed);
        var path = new List<double[]> { Place() };
        for (long epoch = 0; path.Count <= steps; epoch++)
        {
            foreach (var samples in source.Epoch(epoch).Take(steps + 1 - path.Count))
            {
                optimizer.ZeroGradient();
                MeanSquaredError.Of(line.Forward(samples.Inputs), samples.Targets).Backward();
                optimizer.Step();
                path.Add(Place());
            }
        }

        return [.. path];

        double[] Place() => [line.Weight.Span[0], line.Bias!.Span[0]];
    }

    private static double Distance(double[] a, double[] b) => Math.Sqrt(Math.Pow(a[0] - b[0], 2) + Math.Pow(a[1] - b[1], 2));

    // (p - best)ᵀ H (p - best) = level, with H of the mean squared error: 2 [mean x², mean x; mean x, 1].
    private static IEnumerable<ChartLine> Contours((Tensor X, Tensor Y) data)
    {
        float[] x = data.X.ToArray(), y = data.Y.ToArray();
        double meanX = x.Average(), meanY = y.Average(), squares = x.Average(a => (double)a * a), variance = squares - meanX * meanX;
        if (variance < 1e-6) yield break; // one input alone: a straight valley
        double slope = x.Zip(y, (a, b) => (a - meanX) * (b - meanY)).Average() / variance, bias = meanY - slope * meanX;
        foreach (double level in (double[])[0.25, 1, 4, 9])
        {
            double[] turns = [.. Enumerable.Range(0, 73).Select(i => i * Math.PI / 36)];
            // with u = w - slope and v = b - bias + meanX u the loss is variance u² + v²
            double[] u = [.. turns.Select(turn => Math.Sqrt(level / variance) * Math.Cos(turn))];
            yield return new ChartLine(($"loss + {level}", $"损失 + {level}"), [.. u.Select(a => slope + a)], [.. turns.Zip(u, (turn, a) => bias + Math.Sqrt(level) * Math.Sin(turn) - meanX * a)]);
        }
    }
}
