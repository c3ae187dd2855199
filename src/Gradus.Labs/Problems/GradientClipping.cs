using Gradus.Labs.Sequences;
using Gradus.Layers;
using Gradus.Training;

namespace Gradus.Labs.Problems;

/// <summary>A recurrent network whose training diverges trains with the same settings once the norm of its gradient is clipped.</summary>
/// <remarks>
/// A ReLU network that starts as the identity, one bit to keep (<see cref="LatchTask"/>), plain stochastic gradient descent. A little growth of the recurrent matrix grows the state, and the gradient with it,
/// exponentially in the number of steps: one step of such a length throws the weights to where nothing is finite. Pascanu, Mikolov and Bengio 2013,
/// https://arxiv.org/abs/1211.5063, algorithm 1.
/// </remarks>
public sealed class GradientClipping : Lab
{
    private const int Units = 32, Batch = 20, Test = 1000;

    [Knob(5, 200, En = "steps of a sequence", Zh = "序列步数")]
    public int Length { get; init; } = 40;

    [Knob(1e-3, 1e9, En = "the norm at which the gradient is clipped", Zh = "梯度裁剪的范数上限")]
    public double Clip { get; init; } = 0.3;

    [Knob(1e-4, 1, En = "learning rate of both arms", Zh = "两组的学习率")]
    public double LearningRate { get; init; } = 0.03;

    public override Bilingual Title => (
        "One training, twice: without clipping the recurrent network diverges, with it it learns",
        "同一训练做两遍：不裁剪，循环网络发散；裁剪，就学得会");

    public override IReadOnlyList<Preset> Presets =>
    [
        new("no-limit", ("A limit of a billion clips nothing that matters: both arms diverge.", "上限十亿，等于没裁：两组都发散。"), ("clip", "1e9")),
        new("short", ("Five steps: the factor per step acts five times only, and no clipping is needed.", "只有五步：每步的因子只乘五次，不裁剪也行。"), ("length", "5")),
        new("tiny-limit", ("A limit of 0.001: never in danger, and hardly ever forward.", "上限 0.001：绝无危险，也几乎寸步难行。"), ("clip", "0.001")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var (inputs, labels) = LatchTask.Make(Test, Length - 1, seed: ulong.MaxValue);
        var unseen = new TensorBatches(inputs, labels, Test);
        var curves = new List<ChartLine>();
        Arm Accuracy(Bilingual name, float? clip, List<double> peaks) => lab.Measure(name, seed =>
        {
            var random = new RandomSource(seed);
            var network = new LastState(RecurrentStart.Identity(new Rnn(LatchTask.Features, Units, relu: true, random: random), 1, 0.1f, random), LatchTask.Classes, random);
            var (samples, signs) = LatchTask.Make(lab.Pick(6000, 10_000, 10_000), Length - 1, seed);
            var training = lab.Fit(
                network, new Sgd(network.Parameters, (float)LearningRate) { ClipNorm = clip }, new TensorBatches(samples, signs, Batch, shuffle: seed), lab.Pick(2, 2, 4),
                line: seed == lab.Seeds[0] ? name : (Bilingual?)null);
            if (seed == lab.Seeds[0]) curves.Add(training.Line(name));
            peaks.Add(training.Diverged is null ? training.Losses.Max() / Math.Log(2) : double.PositiveInfinity);
            return training.Diverged is null ? lab.Accuracy(network, unseen) : 0.5; // no network is left: guessing
        });

        List<double> freePeaks = [], clippedPeaks = [];
        Bilingual freeName = ("without clipping", "不裁剪"), clippedName = ($"norm at most {Clip}", $"范数不超过 {Clip}");
        var (free, clipped) = (Accuracy(freeName, null, freePeaks), Accuracy(clippedName, (float)Clip, clippedPeaks));
        var (freePeak, clippedPeak) = (new Arm(($"{freeName.En}, highest loss", $"{freeName.Zh}，最高损失"), freePeaks), new Arm(($"{clippedName.En}, highest loss", $"{clippedName.Zh}，最高损失"), clippedPeaks));
        lab.Show(new Chart("loss", ($"Training loss, {Length} steps; guessing is ln 2 = 0.69; a line that breaks off has left the finite numbers", $"训练损失，{Length} 步；瞎猜为 ln 2 = 0.69；中断的线表示数值已不再有限"), ("training step", "训练步"), ("cross-entropy", "交叉熵"), curves) { LogY = true });
        return
        [
            Verdict.Holds(
                "clipping-tames-explosion", [free, clipped, freePeak, clippedPeak],
                Condition.AtLeast(("highest training loss over that of guessing, without clipping", "最高训练损失与瞎猜损失之比，不裁剪"), freePeak.Median, 2), // a mean over many steps: the peak itself is far higher
                Condition.AtMost(("right answers at the end, without clipping", "最终正确率，不裁剪"), free.Median, 0.65),
                Condition.AtLeast(("right answers at the end, with clipping", "最终正确率，裁剪"), clipped.Median, 0.95)),
        ];
    }
}
