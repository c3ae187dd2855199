using Gradus.Layers;
using Gradus.Losses;
using Gradus.Ops;
using Gradus.Training;

namespace Gradus.Labs.Regularization;

/// <summary>Along the path of strengths L1 sets weights exactly to zero, one after the other, and L2 none.</summary>
/// <remarks>
/// Linear regression, y = X w + noise, where a few of many features matter. For every strength a network of one linear layer is trained from
/// random weights on half the mean squared error plus the penalty, and its zeros are counted: values that are 0, not values below a tolerance. Three arms: L1 by its
/// proximal step (<see cref="SoftThreshold"/>), L2, and L1 by its subgradient (<see cref="L1Penalty"/>). Strengths are shares of the least one
/// that leaves the lasso no weight, max |Xᵀy| / n. For L1 the share of zeros that counts is the one at the strength that new data like best: at a
/// strength that ruins the model zeros would prove nothing. Tibshirani 1996, "Regression shrinkage and selection via the lasso".
/// </remarks>
public sealed class SparsityPath : Lab
{
    private const int Samples = 150, NewSamples = 500;

    [Knob(10, 120, En = "features, of which most do not matter", Zh = "特征总数，其中多数与目标无关")]
    public int Features { get; init; } = 60;

    [Knob(1, 10, En = "features that matter", Zh = "真正起作用的特征数")]
    public int Relevant { get; init; } = 6;

    [Knob(0.1, 5, En = "deviation of the noise in the targets", Zh = "目标中噪声的标准差")]
    public double Noise { get; init; } = 1;

    [Knob(En = "whether the L1 arm takes the proximal step; else its subgradient", Zh = "L1 组是否使用近端步；否则使用次梯度")]
    public bool Proximal { get; init; } = true;

    public override Bilingual Title => ("L1 sets weights exactly to zero along the path of strengths, L2 never does", "沿着惩罚强度的路径，L1 把权重逐个变成精确的零，L2 则从不");

    public override IReadOnlyList<Preset> Presets =>
    [
        new("subgradient", (
            "The same L1 term as an ordinary gradient: near zero it pushes by rate times strength whatever the distance, so weights jump from one side to the other and none is ever 0.",
            "同样的 L1 项改成普通梯度：在零附近，无论离零多近都推同样的距离（步长乘强度），权重在零的两侧来回跳，没有一个真正为 0。"), ("proximal", "false")),
        new("all-matter", ("Ten features, all relevant: new data ask for a weak penalty, and hardly any weight is zero. Sparsity has to be in the data.", "十个特征全都有用：新数据要求惩罚很弱，几乎没有权重为零。稀疏首先得存在于数据之中。"), ("features", "10"), ("relevant", "10")),
        new("loud-noise", ("Five times the noise: the best strength grows, and weak features that matter are thresholded away too.", "噪声增至五倍：最佳强度变大，作用较弱的有用特征也被一并截掉。"), ("noise", "5")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        double[] strengths = lab.Pick<double[]>(
            [0.02, 0.1, 0.3, 1.1], [0.005, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1.1], [0.002, 0.005, 0.01, 0.02, 0.035, 0.05, 0.07, 0.1, 0.14, 0.2, 0.3, 0.45, 0.7, 0.95, 1.1]);
        var l1 = lab.Seeds.Select(seed => Path(lab, ("L1, proximal step", "L1，近端步"), strengths, seed, s => Proximal ? new SoftThreshold(s) : new L1Penalty(s))).ToArray();
        var subgradient = lab.Seeds.Select(seed => Path(lab, ("L1, subgradient", "L1，次梯度"), strengths, seed, s => new L1Penalty(s))).ToArray();
        var l2 = lab.Seeds.Select(seed => Path(lab, "L2", strengths, seed, s => new L2Penalty(s), stiffens: true)).ToArray();
        Draw(lab, strengths, l1[0], subgradient[0], l2[0]);

        Arm Zeros(Bilingual name, Trained[][] paths, Func<Trained[], double> share) => new(name, [.. paths.Select(share)]);
        var atBest = Zeros(("L1, at the strength that new data like best", "L1，新数据误差最小的强度处"), l1, path => path.MinBy(trained => trained.Error)!.Zeros);
        var beyond = Zeros(("L1, above the limit, the largest inner product of a feature with the target over n", "L1，强度超过上限（各特征与目标内积之最大绝对值除以 n）"), l1, path => path[^1].Zeros);
        var never = Zeros(("L2, at the strength with most zeros", "L2，零最多的强度处"), l2, path => path.Max(trained => trained.Zeros));
        var hovering = Zeros(("L1 by subgradient, at the strength with most zeros", "L1 次梯度，零最多的强度处"), subgradient, path => path.Max(trained => trained.Zeros));
        return
        [
            Verdict.Holds("l1-gives-zeros", [atBest, beyond, never, hovering],
                Condition.AtLeast(("share of exact zeros under L1 at the best strength", "最佳强度下 L1 精确零的比例"), atBest.Median, 0.5),
                Condition.AtMost(("greatest share of exact zeros under L2", "L2 精确零的最大比例"), never.Median, 0.0099),
                Condition.AtLeast(("share of exact zeros under L1 above the limit", "超过上限后 L1 精确零的比例"), beyond.Median, 1)),
        ];
    }

    private sealed record Trained(float[] Weights, double Error)
    {
        public double Zeros => Weights.Count(weight => weight == 0) / (double)Weights.Length;
    }

    private Trained[] Path(LabContext lab, Bilingual name, double[] strengths, ulong seed, Func<float, Penalty> penalty, bool stiffens = false)
    {
        lab.Stage(name);
        var random = new RandomSource(seed);
        var truth = Tensor.Zeros([Features, 1]);
        for (int j = 0; j < Math.Min(Relevant, Features); j++) truth.Span[j] = (j % 2 == 0 ? 1 : -1) * (0.5f + 0.25f * j);
        var (inputs, targets) = Draw(Samples, truth, random);
        var (newInputs, newTargets) = Draw(NewSamples, truth, random);
        double limit = inputs.MatMul(targets, transposeA: true).ToArray().Max(MathF.Abs) / Samples;
        double edge = Math.Pow(1 + Math.Sqrt((double)Features / Samples), 2) * 1.2; // XᵀX/n has about this largest eigenvalue (Marchenko and Pastur 1967); a little reserve
        return [.. strengths.Select(share =>
        {
            double strength = share * limit;
            var layer = new Linear(Features, 1, bias: false, random: new RandomSource(seed + 1));
            var group = new ParameterGroup(layer.Parameters) { LearningRate = (float)(1 / (edge + (stiffens ? strength : 0))), Penalties = [penalty((float)strength)] };
            var objective = Objective.Regression(layer, (output, target) => MeanSquaredError.Of(output, target) * 0.5f);
            lab.Fit(objective, new Sgd([group]), new TensorBatches(inputs, targets, Samples), epochs: lab.Pick(150, 400, 1500));
            return new Trained(layer.Weight.ToArray(), MeanSquaredError.Of(layer.Forward(newInputs), newTargets).Item());
        })];
    }

    private (Tensor Inputs, Tensor Targets) Draw(int samples, Tensor truth, RandomSource random)
    {
        Tensor inputs = Tensor.Zeros([samples, Features]), noise = Tensor.Zeros([samples, 1]);
        random.Normal(inputs.Span);
        random.Normal(noise.Span, 0, (float)Noise);
        return (inputs, inputs.MatMul(truth) + noise);
    }

    private void Draw(LabContext lab, double[] strengths, Trained[] l1, Trained[] subgradient, Trained[] l2)
    {
        Bilingual axis = ("strength; from 1 on the lasso has no weight left", "惩罚强度（自 1 起 lasso 的权重全部为零）");
        ChartLine Line(Bilingual name, Trained[] path, Func<Trained, double> value) => new(name, strengths, [.. path.Select(value)]);
        lab.Show(new Chart("zeros", ("Share of weights that are exactly zero", "精确为零的权重所占比例"), axis, ("share", "比例"),
            [Line(("L1, proximal step", "L1，近端步"), l1, t => t.Zeros), Line(("L1, subgradient", "L1，次梯度"), subgradient, t => t.Zeros), Line("L2", l2, t => t.Zeros)])
        { LogX = true });
        lab.Show(new Chart("error", ("Squared error on new data", "新数据上的平方误差"), axis, ("error", "误差"), [Line("L1", l1, t => t.Error), Line("L2", l2, t => t.Error)]) { LogX = true });
        int[] shown = [.. Enumerable.Range(0, Math.Min(Relevant, 4)), .. Enumerable.Range(Relevant, Math.Max(0, Math.Min(Features - Relevant, 3)))];
        foreach (var (name, path) in new[] { ("L1", l1), ("L2", l2) })
        {
            lab.Show(new Chart($"{name.ToLowerInvariant()}-path", ($"Weights along the path of {name}", $"{name} 路径上的权重"), axis, ("weight", "权重"),
                [.. shown.Select(j => Line(j < Relevant ? ($"w{j + 1}, matters", $"w{j + 1}，有用") : ($"w{j + 1}, does not", $"w{j + 1}，无用"), path, t => t.Weights[j]))])
            { LogX = true });
        }
    }
}
