using Gradus.Data;
using Gradus.Graph;
using Gradus.Layers;
using Gradus.Losses;
using Gradus.Ops;

namespace Gradus.Labs.Overfitting;

/// <summary>The test error of least squares peaks where there are as many features as samples, and falls again beyond.</summary>
/// <remarks>
/// The features are ReLU units over the pixels with random weights that are not trained; only the linear layer over them is fitted, by least
/// squares on the classes as 0 or 1, and where many solutions fit by the one of smallest norm, at which gradient descent from zero would arrive. Some training labels are
/// wrong; test labels are right. The second arm has a ridge penalty. Belkin, Hsu, Ma and Mandal 2019, https://arxiv.org/abs/1812.11118; Nakkiran,
/// Venkat, Kakade and Ma 2021, https://arxiv.org/abs/2003.01897.
/// </remarks>
public sealed class DoubleDescent : Lab
{
    private const double HardlyAny = 1e-9; // stands for no penalty: small against every eigenvalue that matters, large enough for double precision

    [Knob(20, 400, En = "training pictures", Zh = "训练图片数")]
    public int Samples { get; init; } = 200;

    [Knob(0, 0.5, En = "share of training labels that are wrong", Zh = "训练标签中错误的比例")]
    public double WrongLabels { get; init; } = 0.1;

    [Knob(0, 100, En = "strength of a ridge penalty in the first arm too", Zh = "给第一组也加上的岭惩罚强度")]
    public double Ridge { get; init; }

    public override Bilingual Title => ("Test error peaks at as many features as samples and falls again beyond", "特征数与样本数相等时测试误差达到峰值，越过之后再次下降");

    public override IReadOnlyList<string> Data => [Sets.Fashion];

    public override IReadOnlyList<Preset> Presets =>
    [
        new("with-ridge", ("A ridge penalty of 0.3: the peak is gone, and more features never hurt much. Regularisation removes what looked like a law of size.", "加上强度 0.3 的岭惩罚：峰消失了，特征再多也无大碍。正则化抹去了看似由规模决定的规律。"), ("ridge", "0.3")),
        new("clean-labels", ("All labels right: the peak is lower but does not vanish, for pictures hold what no line through few features can fit.", "标签全对：峰变矮，但并未消失，因为少量特征的线性拟合总有拟合不了的部分，其作用与噪声相同。"), ("wrong-labels", "0")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var (all, tests) = lab.Load(Sets.Fashion);
        int samples = lab.Pick(Math.Min(Samples, 60), Math.Min(Samples, 120), Samples);
        double[] ratios = lab.Pick<double[]>([0.2, 0.5, 0.8, 1, 1.25, 2, 5, 10], [0.1, 0.3, 0.6, 0.8, 0.9, 1, 1.1, 1.3, 2, 4, 10], [0.05, 0.1, 0.2, 0.4, 0.6, 0.75, 0.85, 0.95, 1, 1.05, 1.15, 1.3, 1.6, 2, 3, 5, 10, 16]);
        var test = LabContext.Some(tests, lab.Pick(200, 500, 1000), seed: 0);
        var sweeps = lab.Seeds.Select(seed => Sweep(lab, all, test, samples, ratios, seed)).ToArray();

        Arm Arm(Bilingual name, Func<Curve, double> value) => new(name, [.. sweeps.Select(value)]);
        var peak = Arm(("test error at its peak", "测试误差的峰值"), c => c.Plain.Max());
        var last = Arm(("test error with most features", "特征最多时的测试误差"), c => c.Plain[^1]);
        var tamed = Arm(("test error with ridge, at its worst beyond the first descent", "加岭惩罚后，首次下降之后最差的测试误差"), c => c.Penalised.Skip(ratios.Length / 4).Max());
        var place = Arm(("features over samples at the peak", "峰处特征数与样本数之比"), c => ratios[Array.IndexOf(c.Plain, c.Plain.Max())]);
        Draw(lab, samples, ratios, sweeps[0]);
        return
        [
            Verdict.Holds("test-error-falls-again", [peak, last, tamed],
                Condition.Within(place.Name, place.Median, 1, 0.16),
                Condition.AtMost(("error with most features, as a share of the peak", "特征最多时的误差与峰值之比"), Arm("", c => c.Plain[^1] / c.Plain.Max()).Median, 0.5),
                Condition.AtLeast(("the peak over the least error with fewer features", "峰值与特征较少时最小误差之比"), Arm("", c => c.Plain.Max() / c.Plain.Where((_, i) => ratios[i] < 1).Min()).Median, 2)),
        ];
    }

    private sealed record Curve(double[] Plain, double[] Penalised, double[] Training);

    private Curve Sweep(LabContext lab, Dataset all, Dataset test, int samples, double[] ratios, ulong seed)
    {
        var random = new RandomSource(seed);
        var training = LabContext.Some(all, samples, seed);
        int most = (int)Math.Round(ratios[^1] * training.Count);
        var layer = new Sequential(new Flatten(), new Linear(28 * 28, most, random: random), new Relu());
        var normalization = Normalization.Of(training);
        var (pictures, labels) = LabContext.Samples(training, normalization);
        var (newPictures, newLabels) = LabContext.Samples(test, normalization);
        foreach (int i in random.Permutation(training.Count).Take((int)(WrongLabels * training.Count))) labels.Span[i] = (labels.Span[i] + 1 + random.Next(9)) % 10;
        Tensor targets = Indicators(labels), newTargets = Indicators(newLabels);
        using (GradientMode.Off())
        {
            Tensor known = layer.Forward(pictures), fresh = layer.Forward(newPictures);
            var curves = ratios.Select(ratio =>
            {
                lab.Cancellation.ThrowIfCancellationRequested();
                int features = Math.Max(1, (int)Math.Round(ratio * training.Count));
                float scale = 1 / MathF.Sqrt(features); // so that a strength means the same for any number of them
                Tensor x = known.Slice(1, 0, features) * scale, z = fresh.Slice(1, 0, features) * scale;
                var weights = RidgeRegression.Solve(x, targets, Math.Max(Ridge, HardlyAny) / training.Count);
                var penalised = RidgeRegression.Solve(x, targets, 0.3 / training.Count);
                double Error(Tensor inputs, Tensor solution, Tensor truth) => MeanSquaredError.Of(inputs.MatMul(solution), truth).Item();
                var (plain, tamed, fitted) = (Error(z, weights, newTargets), Error(z, penalised, newTargets), Error(x, weights, targets));
                lab.Point(("test error", "测试误差"), ("least squares", "最小二乘"), features, plain);
                return (plain, tamed, fitted);
            }).ToArray();
            return new Curve([.. curves.Select(c => c.plain)], [.. curves.Select(c => c.tamed)], [.. curves.Select(c => c.fitted)]);
        }
    }

    // 1 for the class, 0 for the others, less the mean: without a constant the fit starts from the average.
    private static Tensor Indicators(IntTensor labels)
    {
        var targets = Tensor.Full([labels.Shape[0], 10], -0.1f);
        for (int i = 0; i < labels.Shape[0]; i++) targets.Span[i * 10 + labels.Span[i]] = 0.9f;
        return targets;
    }

    private static void Draw(LabContext lab, int samples, double[] ratios, Curve curve)
    {
        double[] features = [.. ratios.Select(ratio => Math.Round(ratio * samples))];
        lab.Show(new Chart("test-error", ($"Squared error of least squares on {samples} pictures", $"{samples} 张图片上最小二乘的平方误差"), ("features", "特征数"), ("mean squared error", "均方误差"),
        [
            new ChartLine(("test", "测试"), features, curve.Plain), new ChartLine(("test, with a ridge penalty", "测试，加岭惩罚"), features, curve.Penalised),
            new ChartLine(("training", "训练"), features, [.. curve.Training.Select(error => error < 1e-5 ? double.NaN : error)]), // fitted: no place on a logarithmic axis
        ])
        { LogX = true, LogY = true });
    }
}
