using Gradus.Data;
using Gradus.Initializers;
using Gradus.Layers;
using Gradus.Losses;
using Gradus.Ops;
using Gradus.Training;

namespace Gradus.Labs.Regularization;

/// <summary>Weights that gradient steps find are those of algebra: ridge regression's formula for L2, the soft threshold for L1.</summary>
/// <remarks>
/// Half the mean squared error plus λ/2 |w|² on correlated features has its minimum at (XᵀX/n + λ I)⁻¹ Xᵀy/n; plus λ Σ |w| on orthonormal features
/// at S(Xᵀy/n, λ) = sign(.) max(|.| - λ, 0). Both are trained by full-batch steps from random weights and compared weight by weight. The third arm
/// says how far the penalty moves the solution at all: agreement would mean nothing if it were a thousandth too. Hoerl and Kennard 1970, "Ridge
/// regression", equation 2.1; Tibshirani 1996, "Regression shrinkage and selection via the lasso", equation 3.
/// </remarks>
public sealed class ClosedForms : Lab
{
    private const int Samples = 200, Features = 20;

    [Knob(0.01, 2, En = "strength of both penalties", Zh = "两种惩罚的强度")]
    public double Strength { get; init; } = 0.3;

    [Knob(1, 20000, En = "gradient steps", Zh = "梯度步数")]
    public int Steps { get; init; } = 3000;

    [Knob(En = "writes the L2 term as λ |w|² and not as λ/2 |w|²", Zh = "把 L2 项写成 λ |w|²，而不是 λ/2 |w|²")]
    public bool ForgetTheHalf { get; init; }

    public override Bilingual Title => ("Gradient steps end where ridge regression's formula and the soft threshold say", "梯度迭代的终点，正是岭回归公式与软阈值给出的解");

    public override IReadOnlyList<Preset> Presets =>
    [
        new("forget-the-half", ("λ |w|² in the place of λ/2 |w|²: the strength is doubled, and the weights are those of another ridge.", "把 λ/2 |w|² 写成 λ |w|²：强度翻倍，得到的是另一个岭回归的解。"), ("forget-the-half", "true")),
        new("twenty-steps", (
            "Stopped after 20 steps: directions in which the features hardly vary have not got there yet. Early stopping is a regulariser of its own.",
            "只走 20 步：特征几乎不变化的那些方向还远未到位。早停本身就是一种正则化。"), ("steps", "20")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var ridge = lab.Measure(("L2: trained against the closed form", "L2：训练结果与闭式解"), seed =>
        {
            var (inputs, targets) = Correlated(seed);
            return Distance(Train(lab, inputs, targets, new L2Penalty((float)(ForgetTheHalf ? 2 * Strength : Strength)), seed), RidgeRegression.Solve(inputs, targets, Strength));
        });
        var lasso = lab.Measure(("L1: trained against the soft threshold", "L1：训练结果与软阈值"), seed =>
        {
            var (inputs, targets) = Orthonormal(seed);
            return Distance(Train(lab, inputs, targets, new SoftThreshold((float)Strength), seed), Thresholded(LeastSquares(inputs, targets)));
        });
        var moved = lab.Measure(("least squares against the closed form of L2", "最小二乘解与 L2 闭式解"), seed =>
        {
            var (inputs, targets) = Correlated(seed);
            return Distance(RidgeRegression.Solve(inputs, targets, 0), RidgeRegression.Solve(inputs, targets, Strength));
        });
        Draw(lab);
        return
        [
            Verdict.Holds("trained-equals-closed-form", [ridge, lasso, moved],
                Condition.AtMost(("largest difference of a weight, L2", "L2：单个权重的最大差"), ridge.Median, 1e-3),
                Condition.AtMost(("largest difference of a weight, L1", "L1：单个权重的最大差"), lasso.Median, 1e-3),
                Condition.AtLeast(("what the L2 penalty moves a weight by, at most", "L2 惩罚使单个权重移动的最大幅度"), moved.Median, 1e-2)),
        ];
    }

    private Tensor Train(LabContext lab, Tensor inputs, Tensor targets, Penalty penalty, ulong seed)
    {
        var layer = new Linear(Features, 1, bias: false, random: new RandomSource(seed + 1));
        var covariance = (inputs.MatMul(inputs, transposeA: true) / Samples).ToArray();
        double trace = Enumerable.Range(0, Features).Sum(j => covariance[j * Features + j]);
        float largest = Features * covariance.Max(MathF.Abs); // no eigenvalue is larger than this or than the trace
        var group = new ParameterGroup(layer.Parameters) { LearningRate = 1 / (MathF.Min(largest, (float)trace) + 2 * (float)Strength), Penalties = [penalty] };
        var objective = Objective.Regression(layer, (output, target) => MeanSquaredError.Of(output, target) * 0.5f);
        lab.Fit(objective, new Sgd([group]), new TensorBatches(inputs, targets, Samples), epochs: Math.Min(Steps, lab.Pick(800, 3000, Steps)));
        return layer.Weight.Reshape(Features, 1);
    }

    // Neighbouring features have something in common: XᵀX is far from diagonal.
    private static (Tensor Inputs, Tensor Targets) Correlated(ulong seed)
    {
        var random = new RandomSource(seed);
        var own = Tensor.Zeros([Samples, Features]);
        random.Normal(own.Span);
        var mixing = Tensor.Zeros([Features, Features]);
        for (int i = 0; i < Features; i++)
        {
            for (int j = 0; j < Features; j++) mixing.Span[i * Features + j] = MathF.Pow(0.5f, Math.Abs(i - j));
        }

        var inputs = own.MatMul(mixing);
        return (inputs, Targets(inputs, random));
    }

    // Columns of length √n at right angles: XᵀX/n = I.
    private static (Tensor Inputs, Tensor Targets) Orthonormal(ulong seed)
    {
        var random = new RandomSource(seed);
        var inputs = Tensor.Zeros([Samples, Features]);
        Orthogonal.Fill(inputs, random, MathF.Sqrt(Samples));
        return (inputs, Targets(inputs, random));
    }

    private static Tensor Targets(Tensor inputs, RandomSource random)
    {
        Tensor truth = Tensor.Zeros([Features, 1]), noise = Tensor.Zeros([Samples, 1]);
        for (int j = 0; j < Features; j++) truth.Span[j] = 2f * j / (Features - 1) - 1; // from -1 to 1
        random.Normal(noise.Span, 0, 0.5f);
        return inputs.MatMul(truth) + noise;
    }

    private static Tensor LeastSquares(Tensor orthonormal, Tensor targets) => orthonormal.MatMul(targets, transposeA: true) / Samples;

    private Tensor Thresholded(Tensor weights) =>
        Tensor.From([.. weights.ToArray().Select(w => (float)(Math.Sign(w) * Math.Max(Math.Abs(w) - Strength, 0)))], weights.Shape);

    private static double Distance(Tensor a, Tensor b) => (a - b).ToArray().Max(MathF.Abs);

    private void Draw(LabContext lab)
    {
        var (inputs, targets) = Orthonormal(lab.Seeds[0]);
        double[] plain = [.. LeastSquares(inputs, targets).ToArray().Select(w => (double)w)];
        int[] order = [.. Enumerable.Range(0, Features).OrderBy(j => plain[j])];
        ChartLine Line(Bilingual name, Func<int, double> weight) => new(name, [.. order.Select(j => plain[j])], [.. order.Select(weight)]);
        var l2 = Train(lab, inputs, targets, new L2Penalty((float)Strength), lab.Seeds[0]).ToArray();
        var l1 = Train(lab, inputs, targets, new SoftThreshold((float)Strength), lab.Seeds[0]).ToArray();
        lab.Show(new Chart("shrinkage", ("Trained weights against those of least squares, orthonormal features", "训练所得权重与最小二乘权重之比较，特征标准正交"),
            ("weight of least squares", "最小二乘权重"), ("trained weight", "训练所得权重"),
            [Line(("no penalty", "无惩罚"), j => plain[j]), Line(("L2: divided by 1 + λ", "L2：除以 1 + λ"), j => l2[j]), Line(("L1: moved by λ, stopped at 0", "L1：平移 λ，到 0 为止"), j => l1[j])]));
    }
}
