using Gradus.Layers;
using Gradus.Schedules;

namespace Gradus.Labs.Problems;

/// <summary>"A learning-rate schedule cures vanishing gradients": of seven courses none lifts a deep sigmoid network above guessing; shortcuts round its layers do, at a constant rate.</summary>
/// <remarks>
/// A schedule multiplies the gradients of all layers by one number, and so leaves the ratio between the first layer and the last, of which
/// <see cref="VanishingGradients"/> shows how small it is, as it was. The ten classes are of equal size: guessing gets a tenth.
/// </remarks>
public sealed class ScheduleNoCure : Lab
{
    private const int Width = 64, Batch = 32;
    private const float SmallDeviation = 0.05f;

    [Knob(1, 60, En = "layers between input and output layer", Zh = "输入层与输出层之间的层数")]
    public int Depth { get; init; } = 30;

    [Knob(1e-4, 10, En = "learning rate that the schedules multiply", Zh = "各调度所乘的学习率")]
    public double LearningRate { get; init; } = 0.03;

    [Knob(En = "Adam in place of gradient descent with momentum", Zh = "用 Adam 代替带动量的梯度下降")]
    public bool Adam { get; init; }

    public override Bilingual Title => (
        "No learning-rate schedule gets a deep sigmoid network to learn; shortcuts do, at a constant rate",
        "没有哪种学习率调度能让深层 sigmoid 网络学起来；加上残差捷径，恒定学习率就行");

    public override IReadOnlyList<string> Data => [Sets.Fashion];

    public override IReadOnlyList<Preset> Presets =>
    [
        new("one-layer", ("A single hidden sigmoid layer: the gradient arrives, and the network learns under every schedule.", "只有一个 sigmoid 隐藏层：梯度到得了，哪种调度都学得会。"), ("depth", "1"), ("learning-rate", "0.1")),
        new("rate-of-five", ("A rate of 5, hundreds of times larger: only the last layers feel it, and jump about. The first still stand still.", "学习率取 5，大了几百倍：只有最后几层有感觉，来回乱跳；前面的层依然不动。"), ("learning-rate", "5")),
        new("adam", ("Adam divides by the size of the gradient; below its epsilon of 1e-8 that helps no more.", "Adam 会除以梯度的大小；梯度小到不足其 epsilon（1e-8）时，这也无济于事。"), ("adam", "true"), ("learning-rate", "0.001")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var (all, test) = lab.Load(Sets.Fashion);
        int epochs = lab.Pick(3, 2, 3);
        var training = LabContext.Some(all, lab.Pick(1500, 4000, 12_000), seed: 0);
        var unseen = LabContext.Batches(LabContext.Some(test, lab.Pick(500, 1000, 10_000), seed: 0), 500);
        long steps = (long)epochs * ((training.Count + Batch - 1) / Batch);
        var curves = new List<ChartLine>();
        Arm Accuracy(Bilingual name, Schedule? schedule, bool cured = false) => lab.Measure(name, seed =>
        {
            var network = Network(new RandomSource(seed), cured);
            var run = lab.Fit(network, Optimizer(network), LabContext.Batches(training, Batch, shuffle: seed), epochs, schedule: schedule, line: seed == lab.Seeds[0] ? name : (Bilingual?)null);
            if (seed == lab.Seeds[0]) curves.Add(run.Line(name));
            return run.Diverged is null ? lab.Accuracy(network, unseen) : 0;
        });

        (Bilingual Name, Schedule? Schedule)[] courses =
        [
            (("constant", "恒定"), null),
            (("cosine with warm-up", "预热加余弦"), new CosineSchedule(steps, warmup: steps / 10)),
            (("one cycle", "单周期"), new OneCycleSchedule(steps)),
            (("step", "阶梯"), new StepSchedule(Math.Max(1, steps / 3))),
            (("exponential", "指数"), new ExponentialSchedule(0.01, steps)),
            (("cosine", "余弦"), new CosineSchedule(steps)),
            (("cosine with restarts", "余弦重启"), new CosineRestartsSchedule(Math.Max(1, steps / 3))),
        ];
        var sick = courses[..lab.Pick(2, 7, 7)].Select(course => Accuracy(course.Name, course.Schedule)).ToArray();
        var cured = Accuracy(("with shortcuts, constant", "加捷径，恒定"), null, cured: true);
        lab.Show(new Chart("loss", ("Training loss under each schedule; guessing is ln 10 = 2.30", "各调度下的训练损失；瞎猜为 ln 10 = 2.30"), ("training step", "训练步"), ("cross-entropy", "交叉熵"), curves));
        var best = sick.MaxBy(arm => arm.Median)!;
        return
        [
            Verdict.Refutes(
                "schedule-cures-vanishing", [.. sick, cured],
                Condition.AtMost(($"test accuracy of the deep sigmoid network under its best schedule ({best.Name.En})", $"深层 sigmoid 网络在最佳调度（{best.Name.Zh}）下的测试正确率"), best.Median, 0.15),
                Condition.AtLeast(("test accuracy of the same network with shortcuts, constant rate", "同一网络加上捷径后的测试正确率，恒定学习率"), cured.Median, lab.Pick(0.3, 0.5, 0.7))),
        ];
    }

    private Optimizer Optimizer(Layer network) => Adam ? new Adam(network.Parameters, (float)LearningRate) : new Sgd(network.Parameters, (float)LearningRate, momentum: 0.9f) { ClipNorm = 1 };

    private Sequential Network(RandomSource random, bool cured)
    {
        var hidden = Enumerable.Range(0, Depth).Select(_ => new Sequential(Small(random), new Sigmoid())).Select(layer => cured ? new Residual(layer) : (Layer)layer);
        return new Sequential([new Flatten(), new Linear(28 * 28, Width, random: random), .. hidden, new Linear(Width, 10, random: random)]);
    }

    private static Linear Small(RandomSource random)
    {
        var layer = new Linear(Width, Width, random: random);
        random.Normal(layer.Weight.Span, 0, SmallDeviation);
        return layer;
    }
}
