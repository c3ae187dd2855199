using Gradus.Labs.Sequences;
using Gradus.Layers;
using Gradus.Losses;
using Gradus.Training;

namespace Gradus.Labs.Problems;

/// <summary>A recurrent network whose training diverges trains with the same settings once the norm of its gradient is clipped.</summary>
/// <remarks>
/// A ReLU network that starts as the identity, the adding problem, plain stochastic gradient descent. A little growth of the recurrent matrix grows the state, and the gradient with it,
/// exponentially in the number of steps: one step of such a length throws the weights to where nothing is finite. Pascanu, Mikolov and Bengio 2013,
/// https://arxiv.org/abs/1211.5063, algorithm 1.
/// </remarks>
public sealed class GradientClipping : Lab
{
    private const int Units = 32, Batch = 20;

    [Knob(5, 200, En = "steps of a sequence; the tiny budget takes at most 30", Zh = "序列步数；tiny 预算下最多 30 步")]
    public int Length { get; init; } = 50;

    [Knob(1e-3, 1e9, En = "the norm at which the gradient is clipped", Zh = "梯度裁剪的范数上限")]
    public double Clip { get; init; } = 1;

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
        int length = Math.Min(Length, lab.Pick(30, 200, 200));
        var curves = new List<ChartLine>();
        Arm Error(Bilingual name, float? clip) => lab.Measure(name, seed =>
        {
            var random = new RandomSource(seed);
            var network = new LastState(RecurrentStart.Identity(new Rnn(AddingTask.Features, Units, relu: true, random: random), 1, 0.1f, random), 1, random);
            var (inputs, sums) = AddingTask.Make(lab.Pick(5000, 10_000, 20_000), length, seed);
            var training = lab.Fit(
                Objective.Regression(network, MeanSquaredError.Of), new Sgd(network.Parameters, (float)LearningRate) { ClipNorm = clip },
                new TensorBatches(inputs, sums, Batch, shuffle: seed), lab.Pick(2, 3, 4), line: seed == lab.Seeds[0] ? name : (Bilingual?)null);
            if (seed == lab.Seeds[0]) curves.Add(training.Line(name));
            double error = training.Diverged is null ? AddingTask.Error(lab, network, length) / AddingTask.ErrorOfTheMean(length) : double.PositiveInfinity;
            return double.IsNaN(error) ? double.PositiveInfinity : error;
        });

        var free = Error(("without clipping", "不裁剪"), null);
        var clipped = Error(($"norm at most {Clip}", $"范数不超过 {Clip}"), (float)Clip);
        lab.Show(new Chart("loss", ($"Training loss on the adding problem, {length} steps; a line that breaks off has diverged", $"加法问题的训练损失，{length} 步；中断的线表示已发散"), ("training step", "训练步"), ("mean squared error", "均方误差"), curves) { LogY = true });
        return
        [
            Verdict.Holds(
                "clipping-tames-explosion", [free, clipped],
                Condition.AtLeast(("error over that of the mean, without clipping (infinite: diverged)", "误差与“恒答均值”误差之比，不裁剪（无穷：已发散）"), free.Median, 10),
                Condition.AtMost(("error over that of the mean, with clipping", "误差与“恒答均值”误差之比，裁剪"), clipped.Median, lab.Pick(0.8, 0.5, 0.5))),
        ];
    }
}
