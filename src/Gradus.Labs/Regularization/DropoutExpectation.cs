using Gradus.Graph;
using Gradus.Layers;
using Gradus.Ops;

namespace Gradus.Labs.Regularization;

/// <summary>Dropout drops in training only, and its rescaling keeps the expected activation.</summary>
/// <remarks>
/// The hidden activations of a trained network pass through a dropout layer many times, each time with new masks, and once in evaluation mode.
/// Compared are the mean activation that the next layer gets, with and without the division by 1 - p, and the share of active units that were set
/// to zero. Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov 2014, "Dropout", sections 4 and 10.
/// </remarks>
public sealed class DropoutExpectation : Lab
{
    [Knob(0.05, 0.95, En = "the probability of dropping a unit", Zh = "单元被丢弃的概率")]
    public double Rate { get; init; } = 0.5;

    [Knob(En = "whether the survivors are divided by the probability of being kept", Zh = "保留下来的单元是否除以保留概率")]
    public bool Rescale { get; init; } = true;

    [Knob(En = "whether the network is switched to evaluation before it is used", Zh = "使用之前是否把网络切换到推理模式")]
    public bool SwitchToEvaluation { get; init; } = true;

    public override Bilingual Title => ("Dropout drops in training only, and dividing by 1 - p keeps the expected activation", "dropout 只在训练时丢弃，除以 1 - p 使激活的期望保持不变");

    public override IReadOnlyList<string> Data => [Sets.Fashion];

    public override IReadOnlyList<Preset> Presets =>
    [
        new("not-rescaled", ("Dropping without rescaling, as short definitions have it: in use the next layer gets twice the activation that it was trained on.", "只丢弃、不缩放，正如某些简短定义所说：使用时下一层得到的激活是训练时的两倍。"), ("rescale", "false")),
        new("forgot-to-evaluate", ("The network is left in training mode: half of its units are silent in use too, and two calls with the same picture disagree.", "忘了切换模式：使用时仍有一半单元不工作，同一张图片两次预测的结果也不一样。"), ("switch-to-evaluation", "false")),
        new("nine-in-ten", ("Rate 0.95: the expectation is still kept, but single masks scatter widely around it.", "丢弃率 0.95：期望仍然保持，但单次掩码的结果在其周围散布得很开。"), ("rate", "0.95")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var (all, tests) = lab.Load(Sets.Fashion);
        var training = DropoutNetwork.Pictures(lab, all);
        var (pictures, _) = LabContext.Samples(LabContext.Some(tests, lab.Pick(100, 500, 1000), seed: 0));
        int masks = lab.Pick(40, 100, 300);
        var (scaled, bare) = (new List<Passes>(), new List<Passes>());
        foreach (ulong seed in lab.Seeds)
        {
            var network = DropoutNetwork.Trained(lab, training, 0.5, seed);
            network.Evaluate();
            Tensor hidden;
            using (GradientMode.Off()) hidden = ((Sequential)new(network.Children.Take(3).ToArray())).Forward(pictures); // up to the first ReLU
            scaled.Add(Measure(hidden, masks, seed, Rescale ? 1 : 1 - Rate));
            bare.Add(Measure(hidden, masks, seed, 1 - Rate));
        }

        Arm Arm(Bilingual name, List<Passes> passes, Func<Passes, double> value) => new(name, [.. passes.Select(value)]);
        var ratio = Arm(("mean activation, training over evaluation", "训练与推理平均激活之比"), scaled, passes => passes.Ratio);
        var without = Arm(("the same without the division by 1 - p", "不除以 1 - p 时的同一比值"), bare, passes => passes.Ratio);
        var dropped = Arm(("share of active units set to zero in training", "训练时被置零的活跃单元比例"), scaled, passes => passes.Zeros);
        var used = Arm(("the same in use", "使用时的同一比例"), scaled, passes => passes.ZerosInUse);
        var changed = Arm(("largest change of an activation in use", "使用时单个激活的最大改变"), scaled, passes => passes.ChangeInUse);
        double[] counts = [.. Enumerable.Range(1, masks).Select(i => (double)i)];
        lab.Show(new Chart("mean-activation", ("Mean activation of one picture over the first masks, as a share of that in evaluation", "一张图片在前若干个掩码下的平均激活，与推理时之比"), ("masks", "掩码数"), ("training over evaluation", "训练 / 推理"),
            [new ChartLine(("divided by 1 - p", "除以 1 - p"), counts, scaled[0].Running), new ChartLine(("not divided", "不除"), counts, bare[0].Running), new ChartLine(("evaluation", "推理"), counts, [.. counts.Select(_ => 1.0)])])
        { LogX = true });
        return
        [
            Verdict.Holds("expectation-is-kept", [ratio, without], Condition.Within(ratio.Name, ratio.Median, 1, lab.Pick(0.02, 0.01, 0.01))),
            Verdict.Holds("dropped-in-training-only", [dropped, used],
                Condition.Within(dropped.Name, dropped.Median, Rate, 0.01),
                Condition.AtMost(("share of active units set to zero in use", "使用时被置零的活跃单元比例"), used.Median, 0),
                Condition.AtMost(changed.Name, changed.Median, 0)),
        ];
    }

    private sealed record Passes(double Ratio, double[] Running, double Zeros, double ZerosInUse, double ChangeInUse);

    // The factor undoes the layer's own rescaling where the arm is to go without.
    private Passes Measure(Tensor hidden, int masks, ulong seed, double factor)
    {
        var layer = new Dropout((float)Rate, new RandomSource(seed + 3000));
        float[] active = hidden.ToArray();
        double mean = active.Average(value => (double)value), meanOfFirst = active.Take(DropoutNetwork.Width).Average(value => (double)value);
        double sum = 0, sumOfFirst = 0, zeros = 0;
        var running = new double[masks]; // of the first picture alone: over all pictures a single mask is near the mean already
        using (GradientMode.Off())
        {
            for (int i = 0; i < masks; i++)
            {
                float[] passed = layer.Forward(hidden).ToArray();
                sum += passed.Average(value => (double)value) * factor;
                zeros += Dropped(active, passed);
                sumOfFirst += passed.Take(DropoutNetwork.Width).Average(value => (double)value) * factor;
                running[i] = sumOfFirst / (i + 1) / meanOfFirst;
            }

            if (SwitchToEvaluation) layer.Evaluate();
            float[] used = layer.Forward(hidden).ToArray();
            return new Passes(sum / masks / mean, running, zeros / masks, Dropped(active, used), active.Zip(used, (a, b) => Math.Abs((double)a - b)).Max());
        }
    }

    private static double Dropped(float[] before, float[] after)
    {
        int active = 0, dropped = 0;
        for (int i = 0; i < before.Length; i++)
        {
            if (before[i] == 0) continue; // silent by itself
            active++;
            if (after[i] == 0) dropped++;
        }

        return (double)dropped / active;
    }
}
