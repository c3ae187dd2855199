using System.Numerics.Tensors;
using Gradus.Data;
using Gradus.Layers;
using Gradus.Losses;
using Gradus.Training;

namespace Gradus.Labs.Optimization;

/// <summary>Without bias correction Adam's first steps are several times the learning rate; with it they are about the learning rate; later there is no difference.</summary>
/// <remarks>
/// Both averages begin at 0. After one gradient g they are (1 - β₁) g and (1 - β₂) g², so that the uncorrected step is (1 - β₁) / √(1 - β₂) times the rate: 3.16 with 0.9 and 0.999. The uncorrected arm is Adam that is told
/// it has taken a million steps already, where the corrections are 1. Steps are measured on softmax regression on Fashion-MNIST, as the root mean square over the weights that move, over the
/// rate. Kingma and Ba 2015, https://arxiv.org/abs/1412.6980, section 3.
/// </remarks>
public sealed class BiasCorrection : Lab
{
    private const float Rate = 1e-3f;

    [Knob(0, 0.999, En = "β₁, the decay of the gradient's average", Zh = "β₁，梯度平均的衰减率")]
    public double Beta1 { get; init; } = 0.9;

    [Knob(0, 0.99999, En = "β₂, the decay of the squared gradient's average", Zh = "β₂，平方梯度平均的衰减率")]
    public double Beta2 { get; init; } = 0.999;

    public override Bilingual Title => (
        "Bias correction matters in Adam's first steps: without it they are three times too long",
        "偏差修正影响 Adam 的最初几步：没有它，步子长三倍");

    public override IReadOnlyList<string> Data => [Sets.Fashion];

    public override IReadOnlyList<Preset> Presets =>
    [
        new("balanced-betas", ("β₂ = 0.99: (1 - β₁) / √(1 - β₂) = 1, the two errors cancel in the first step, and the correction seems useless. It is a coincidence of these two numbers.", "β₂ = 0.99：(1 − β₁)/√(1 − β₂) = 1，两个偏差在第一步恰好抵消，修正显得无用。这只是这两个数的巧合。"), ("beta-2", "0.99")),
        new("slow-second-moment", ("β₂ = 0.9999: ten times too long without correction.", "β₂ = 0.9999：不修正时步子长十倍。"), ("beta-2", "0.9999")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var (all, _) = lab.Load(Sets.Fashion);
        var training = LabContext.Some(all, lab.Pick(1000, 6000, 12800), seed: 0);
        var (inputs, labels) = LabContext.Samples(training, Normalization.Of(training));
        int steps = lab.Pick(300, 2500, 6000);
        var curves = new List<ChartLine>();

        (Arm First, Arm Last, Arm Most) Steps(Bilingual name, long already)
        {
            double[] Sizes(ulong seed) => Measure(new TensorBatches(inputs, labels, 64, seed), seed, already, steps, lab.Cancellation);
            var found = lab.Seeds.Select(seed =>
            {
                lab.Stage(($"{name.En}, seed {seed}", $"{name.Zh}，种子 {seed}"));
                return Sizes(seed);
            }).ToArray();
            int[] shown = [.. Enumerable.Range(0, 60).Select(i => (int)Math.Round(Math.Pow(steps, i / 59.0))).Distinct()];
            curves.Add(new ChartLine(name, [.. shown.Select(step => (double)step)], [.. shown.Select(step => found[0][step - 1])]));
            return (new Arm(($"first step, {name.En}", $"第一步，{name.Zh}"), [.. found.Select(sizes => sizes[0])]),
                new Arm(($"last steps, {name.En}", $"最后几步，{name.Zh}"), [.. found.Select(sizes => sizes.TakeLast(steps / 10).Average())]),
                new Arm(($"longest step, {name.En}", $"最长一步，{name.Zh}"), [.. found.Select(sizes => sizes.Max())]));
        }

        var with = Steps(("with correction", "有修正"), 0);
        var without = Steps(("without correction", "无修正"), 1_000_000);
        lab.Show(new Chart("step-sizes", ("Root mean square step over the learning rate", "均方根步长与学习率之比"), ("step", "步"), ("step over rate", "步长 / 学习率"), curves) { LogX = true });
        return
        [
            Verdict.Holds("bias-correction-matters-at-first", [with.First, without.First, with.Last, without.Last, with.Most, without.Most],
                Condition.Within(("first step over the rate, with correction", "有修正时第一步与学习率之比"), with.First.Median, 1, 0.02),
                Condition.AtLeast(("first step over the rate, without correction", "无修正时第一步与学习率之比"), without.First.Median, 3),
                Condition.Within(("last steps, without over with correction", "最后几步：无修正与有修正之比"), without.Last.Median / with.Last.Median, 1, lab.Pick(1.5, 0.25, 0.1))),
        ];
    }

    private double[] Measure(TensorBatches source, ulong seed, long already, int steps, CancellationToken cancellation)
    {
        var linear = new Linear(28 * 28, 10, random: new RandomSource(seed));
        linear.Weight.Span.Clear();
        var model = new Sequential(new Flatten(), linear);
        var optimizer = new Adam(model.Parameters, Rate, (float)Beta1, (float)Beta2) { Steps = already };
        var step = Graph.TrainingStep.Capture(model, CrossEntropy.Of, optimizer);
        var (sizes, before) = (new double[steps], new float[linear.Weight.Count]);
        for (int i = 0, epoch = 0; i < steps; epoch++)
        {
            foreach (var batch in source.Epoch(epoch))
            {
                cancellation.ThrowIfCancellationRequested();
                if (i == steps) break;
                linear.Weight.Span.CopyTo(before);
                step.Run(batch.Inputs, batch.Labels);
                sizes[i++] = Size(before, linear.Weight.Span);
            }
        }

        return sizes;
    }

    private static double Size(float[] before, ReadOnlySpan<float> after)
    {
        TensorPrimitives.Subtract(after, before, before);
        double squares = 0;
        int moved = 0;
        foreach (float change in before)
        {
            squares += (double)change * change;
            moved += change == 0 ? 0 : 1;
        }

        return Math.Sqrt(squares / Math.Max(1, moved)) / Rate;
    }
}
