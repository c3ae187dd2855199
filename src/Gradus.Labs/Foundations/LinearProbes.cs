using Gradus.Data;
using Gradus.Layers;
using Gradus.Losses;
using Gradus.Ops;
using Gradus.Training;

namespace Gradus.Labs.Foundations;

/// <summary>The deeper a layer of a trained network, the better a merely linear classifier on its output: the layers build features that untangle the classes.</summary>
/// <remarks>
/// The network is trained and then fixed; on the pixels and on what each stage gives, a linear classifier is trained on the same pictures. The control is the
/// same network with the weights that it started with. Alain and Bengio 2016, https://arxiv.org/abs/1610.01644.
/// </remarks>
public sealed class LinearProbes : Lab
{
    private static readonly Bilingual[] Depths = [("pixels", "像素"), ("first convolution", "第一卷积级"), ("second convolution", "第二卷积级"), ("hidden layer", "隐藏层")];
    private static readonly int[] Widths = [28 * 28, 16 * 14 * 14, 32 * 7 * 7, 128];

    [Knob(0, 20, En = "passes in which the network learns before it is probed; 0 probes random features", Zh = "探测之前网络训练的轮数；0 表示探测随机特征")]
    public int Epochs { get; init; } = 5;

    [Knob(1, 10, En = "passes in which the probes learn", Zh = "线性探针训练的轮数")]
    public int ProbeEpochs { get; init; } = 3;

    public override Bilingual Title => (
        "Linear probes rise with depth: each stage of a trained CNN makes the classes easier to separate",
        "线性探针的准确率随深度上升：训练好的 CNN 每一级都让类别更易分开");

    public override IReadOnlyList<string> Data => [Sets.Fashion];

    public override IReadOnlyList<Preset> Presets =>
    [
        new("untrained", (
            "Random weights: random convolutions are no bad features, because they are many, but the random hidden layer squeezes them into 128 numbers and loses what the pixels had. Depth alone untangles nothing; learning does.",
            "随机权重：随机卷积因为数量多，并不是坏特征；但随机隐藏层把它们压成 128 个数，丢掉了像素里原有的信息。仅有深度并不能解开类别，学习才能。"), ("epochs", "0")),
        new("one-epoch", ("One pass is enough for most of the rise.", "只训练一轮，上升已大部分出现。"), ("epochs", "1")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var (all, tests) = lab.Load(Sets.Fashion);
        var training = LabContext.Some(all, lab.Pick(1500, 10000, all.Count), seed: 0);
        var test = LabContext.Some(tests, lab.Pick(1000, 2500, tests.Count), seed: 0);
        var normalization = Normalization.Of(training);
        int epochs = lab.Pick(Math.Min(2 * Epochs, 40), Epochs, Epochs);

        double[][] trained = Probe(("trained network", "训练过的网络"), seed => Epochs == 0 ? StagedCnn.Build(seed) : StagedCnn.Trained(lab, training, normalization, epochs, seed));
        double[][] random = Probe(("random weights", "随机权重"), StagedCnn.Build);
        Arm[] arms = [.. Depths.Select((depth, i) => new Arm(depth, trained[i])), .. Depths.Skip(1).Select((depth, i) => new Arm(($"{depth.En}, random weights", $"{depth.Zh}，随机权重"), random[i + 1]))];
        lab.Show(new Chart(
            "accuracy-by-depth", ("Accuracy of a linear classifier on what each stage gives", "在各级输出上训练的线性分类器的准确率"),
            ("depth: 1 pixels, 2 and 3 convolutions, 4 hidden layer", "深度：1 像素，2、3 卷积级，4 隐藏层"), ("accuracy", "准确率"),
            [ChartLine.Counted(("trained network", "训练过的网络"), Medians(trained)), ChartLine.Counted(("random weights", "随机权重"), Medians(random))]));
        double[] medians = Medians(trained);
        double slack = lab.Pick(0.01, 0.005, 0); // a thousand test pictures are counted to about a point
        return
        [
            Verdict.Holds("probes-rise-with-depth", arms,
            [
                .. Enumerable.Range(1, 3).Select(i => Condition.AtLeast(($"{Depths[i].En} over {Depths[i - 1].En}", $"{Depths[i].Zh}高出{Depths[i - 1].Zh}"), medians[i] - medians[i - 1], -slack)),
                Condition.AtLeast(("hidden layer over pixels", "隐藏层高出像素"), medians[3] - medians[0], 0.02),
            ]),
        ];

        // the accuracies, [depth][seed]
        double[][] Probe(Bilingual name, Func<ulong, Sequential> build)
        {
            var found = Depths.Select(_ => new double[lab.Seeds.Count]).ToArray();
            for (int i = 0; i < lab.Seeds.Count; i++)
            {
                ulong seed = lab.Seeds[i];
                lab.Stage(($"{name.En}, seed {seed}", $"{name.Zh}，种子 {seed}"));
                var probes = new Probes(build(seed), new RandomSource(seed + 100));
                var objective = new Objective(probes, batch => probes.Forward(batch.Inputs), probes.Loss);
                lab.Fit(objective, new Adam(probes.Linear.SelectMany(probe => probe.Parameters), lab.Pick(2e-3f, 2e-3f, 1e-3f)), LabContext.Batches(training, lab.Pick(32, 64, 128), seed, normalization), lab.Pick(4 * ProbeEpochs, ProbeEpochs, ProbeEpochs), line: name);
                for (int depth = 0; depth < Depths.Length; depth++) found[depth][i] = lab.Accuracy(new OneOf(probes, depth), LabContext.Batches(test, 250, normalization: normalization));
            }

            return found;
        }
    }

    private static double[] Medians(double[][] values) => [.. values.Select(seeds => new Arm("", seeds).Median)];

    /// <summary>A linear classifier on the input and on the output of every stage but the last; the stages learn nothing: <c>[n, 4 x 10]</c>.</summary>
    private sealed class Probes(Sequential network, RandomSource random) : Layer
    {
        private readonly Sequential _network = network;

        public Linear[] Linear { get; } = [.. Widths.Select(width => new Linear(width, 10, random: random))];

        public override Tensor Forward(Tensor x)
        {
            var logits = new Tensor[Linear.Length];
            logits[0] = Linear[0].Forward(x.Flatten());
            for (int i = 1; i < logits.Length; i++)
            {
                x = _network.Layers[i - 1].Forward(x).Detach();
                logits[i] = Linear[i].Forward(x.Flatten());
            }

            return Tensor.Concat(1, logits);
        }

        public Tensor Loss(Tensor logits, TrainingBatch batch)
        {
            var sum = CrossEntropy.Of(logits.Slice(1, 0, 10), batch.Labels);
            for (int i = 1; i < Linear.Length; i++) sum += CrossEntropy.Of(logits.Slice(1, 10 * i, 10), batch.Labels);
            return sum;
        }
    }

    /// <summary>The answer of one probe.</summary>
    private sealed class OneOf(Probes probes, int depth) : Layer
    {
        private readonly Probes _probes = probes;

        public override Tensor Forward(Tensor x) => _probes.Forward(x).Slice(1, 10 * depth, 10);
    }
}
