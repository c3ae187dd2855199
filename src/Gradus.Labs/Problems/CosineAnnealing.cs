using Gradus.Layers;
using Gradus.Losses;
using Gradus.Schedules;
using Gradus.Training;

namespace Gradus.Labs.Problems;

/// <summary>With equal steps, cosine annealing ends at a lower loss than the constant rate from which it starts.</summary>
/// <remarks>
/// A large rate moves fast and then bounces about a minimum, at a distance that the rate decides; annealing lets it settle. A constant tenth of the rate, the third arm, tells
/// whether a smaller rate from the beginning would have done as well. What decides is the loss of the finished network over the whole training set. Loshchilov and Hutter 2017, https://arxiv.org/abs/1608.03983.
/// </remarks>
public sealed class CosineAnnealing : Lab
{
    private const int Batch = 32;

    [Knob(1e-5, 1, En = "learning rate from which both start", Zh = "两者的起始学习率")]
    public double LearningRate { get; init; } = 0.1;

    [Knob(0, 1, En = "share of the rate at which the cosine ends", Zh = "余弦终点占起始学习率的比例")]
    public double Floor { get; init; }

    public override Bilingual Title => (
        "Cosine annealing against a constant rate, step for step: it ends lower",
        "余弦退火与恒定学习率，步数相同：退火的终点更低");

    public override IReadOnlyList<string> Data => [Sets.Fashion];

    public override IReadOnlyList<Preset> Presets =>
    [
        new("too-small", ("A rate so small that no training settles in time: the cosine, half as fast on the whole, stays behind. Annealing pays where the rate is large.", "学习率小到训练根本来不及收敛：余弦的平均速度只有一半，反而落后。退火只在学习率大时划算。"), ("learning-rate", "0.0005")),
        new("no-fall", ("The cosine ends where it begins: no annealing, no gain.", "余弦的终点等于起点：没有退火，也就没有好处。"), ("floor", "1")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        int epochs = lab.Pick(4, 6, 10);
        var training = LabContext.Some(lab.Load(Sets.Fashion).Train, lab.Pick(800, 5000, 10_000), seed: 0);
        long steps = (long)epochs * ((training.Count + Batch - 1) / Batch);
        var curves = new List<ChartLine>();
        Arm Loss(Bilingual name, double rate, Schedule? schedule) => lab.Measure(name, seed =>
        {
            var random = new RandomSource(seed);
            var network = new Sequential(
                new Flatten(), new Linear(28 * 28, 128, random: random), new Relu(), new Linear(128, 64, random: random), new Relu(), new Linear(64, 10, random: random));
            var run = lab.Fit(
                network, new Sgd(network.Parameters, (float)rate, momentum: 0.9f), LabContext.Batches(training, Batch, shuffle: seed), epochs, schedule: schedule,
                line: seed == lab.Seeds[0] ? name : (Bilingual?)null);
            if (seed == lab.Seeds[0]) curves.Add(run.Line(name));
            return run.Diverged is null ? new Evaluator(Objective.Labels(network, CrossEntropy.Of)).Evaluate(LabContext.Batches(training, 500), lab.Cancellation).Loss : double.PositiveInfinity;
        });

        var constant = Loss(("constant", "恒定"), LearningRate, null);
        var cosine = Loss(("cosine", "余弦"), LearningRate, new CosineSchedule(steps, floor: Floor));
        var small = Loss(("constant, a tenth", "恒定，十分之一"), LearningRate / 10, null);
        lab.Show(new Chart("loss", ("Training loss, equal steps from the same rate", "训练损失，步数与起始学习率相同"), ("training step", "训练步"), ("cross-entropy", "交叉熵"), curves) { LogY = true });
        return
        [
            Verdict.Holds(
                "cosine-lowers-the-final-loss", [cosine, constant, small],
                Condition.AtMost(("final loss of the cosine over that of the constant rate", "余弦与恒定学习率的最终损失之比"), cosine.Median / constant.Median, 0.8)),
        ];
    }
}
