using Gradus.Layers;
using Gradus.Training;

namespace Gradus.Labs.Programming;

/// <summary>Ten steps on the whole training set are no ten epochs: they look at as many pictures, and learn far less.</summary>
/// <remarks>
/// Two networks with the same first weights, both trained by Adam at its usual rate. One changes its weights once after each pass over all pictures,
/// by the mean gradient, as a program does that feeds all of them at once; the other after every 32 pictures. After ten passes both have done the
/// same arithmetic. Wilson and Martinez 2003, "The general inefficiency of batch training for gradient descent learning".
/// </remarks>
public sealed class StepsAndEpochs : Lab
{
    private const int Passes = 10;

    [Knob(1, 1_000, En = "steps on the whole set", Zh = "用整个训练集走的步数")]
    public int Steps { get; init; } = 10;

    [Knob(1e-4, 1, En = "learning rate", Zh = "学习率")]
    public double LearningRate { get; init; } = 1e-3;

    public override Bilingual Title => ("Ten full-batch steps are ten steps, not ten epochs of training", "十次全批量更新只是十步，不是十轮训练");

    public override IReadOnlyList<int> Questions => [32];

    public override IReadOnlyList<string> Data => [Sets.Fashion];

    public override IReadOnlyList<Preset> Presets =>
    [
        new("many-steps", ("Two hundred full-batch steps get there as well: at twenty times the price.", "全批量走两百步也能到：代价是二十倍。"), ("steps", "200")),
        new("large-rate", ("A rate of 0.1 in the hope of going farther in ten steps: Adam then moves every weight by about 0.1 at once, more than their own size.", "把学习率调到 0.1，想靠十步走得更远：Adam 会让每个权重一步移动约 0.1，超过权重本身的大小。"), ("learning-rate", "0.1")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var (train, test) = lab.Load(Sets.Fashion);
        var (learned, unseen) = (LabContext.Some(train, lab.Pick(600, 2_000, 10_000), seed: 0), LabContext.Some(test, lab.Pick(500, 2_000, 10_000), seed: 0));
        var lines = new List<ChartLine>();

        Arm Train(Bilingual name, int batch, int epochs, bool whole) => lab.Measure(name, seed =>
        {
            var network = Network(new RandomSource(seed));
            var batches = LabContext.Batches(learned, batch, shuffle: seed);
            var trainer = new Trainer(network, Losses.CrossEntropy.Of, new Adam(network.Parameters, (float)LearningRate)) { Accumulate = whole ? batches.Count : 1 };
            bool drawn = seed == lab.Seeds[0];
            var epochsDone = trainer.Fit(batches, drawn ? LabContext.Batches(unseen, 500) : null, epochs, cancellation: lab.Cancellation).History.Epochs;
            lab.Cancellation.ThrowIfCancellationRequested();
            if (drawn) lines.Add(ChartLine.Counted(name, [.. epochsDone.Select(epoch => 100 * epoch.ValidationAccuracy!.Value)]));
            return 100 * lab.Accuracy(network, LabContext.Batches(unseen, 500));
        });

        // A part of a step's pictures at a time: the mean of their gradients is the gradient of the mean.
        var steps = Train(($"{Steps} steps on all pictures", $"用全部图片走 {Steps} 步"), 200, Steps, whole: true);
        var epochs = Train(("10 epochs of mini-batches", "小批量训练 10 轮"), 32, Passes, whole: false);
        lab.Show(new Chart("accuracy-by-pass", ("Test accuracy after each pass over the pictures", "每看完一遍图片后的测试准确率"), ("passes over the pictures", "看图遍数"), ("accuracy (%)", "准确率（%）"), lines));
        lab.Show(new ResultTable("steps", ("The same pictures, other numbers of steps", "图片一样多，步数不同"), [("training", "训练"), ("steps", "步数"), ("test accuracy (%)", "测试准确率（%）")],
        [
            [steps.Name, $"{Steps:N0}", $"{steps.Median:f1}"],
            [epochs.Name, $"{Passes * ((learned.Count + 31) / 32):N0}", $"{epochs.Median:f1}"],
        ]));
        return
        [
            Verdict.Refutes(
                "ten-full-batch-steps-are-enough", [epochs, steps],
                Condition.AtLeast(("accuracy, mini-batches minus full batch (points)", "小批量减全批量的准确率（百分点）"), epochs.Median - steps.Median, lab.Pick(10, 15, 20))),
        ];
    }

    private static Sequential Network(RandomSource random) => new(
        new Conv2d(1, 16, 3, random: random), new Relu(), new MaxPool2d(2),     // [n, 16, 13, 13]
        new Conv2d(16, 32, 3, random: random), new Relu(), new MaxPool2d(2),    // [n, 32, 5, 5]
        new Flatten(), new Linear(32 * 5 * 5, 10, random: random));
}
