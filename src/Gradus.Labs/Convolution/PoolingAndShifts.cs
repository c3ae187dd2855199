using System.Globalization;
using System.Numerics.Tensors;
using Gradus.Graph;
using Gradus.Layers;
using Gradus.Ops;
using Gradus.Schedules;
using Gradus.Training;

namespace Gradus.Labs.Convolution;

/// <summary>With pooling a network loses less accuracy when the test pictures are shifted by two pixels.</summary>
/// <remarks>
/// Both arms are two convolutions and a dense layer, trained on pictures that are not shifted; one has a maximum over windows after each
/// convolution, the other hands all positions on. They are tested on pictures shifted up, down, left and right by 0 to 4 pixels; what is
/// compared is the accuracy lost from 0 to 2. A maximum tolerates only what stays in its window: Azulay and Weiss 2019,
/// https://arxiv.org/abs/1805.12177.
/// </remarks>
public sealed class PoolingAndShifts : Lab
{
    private const int Decisive = 2, Farthest = 4;

    [Knob(1, 4, En = "side of the pooling windows; 1 pools nothing", Zh = "池化窗口的边长；1 表示不池化")]
    public int Window { get; init; } = 2;

    [Knob(0, 4, En = "pictures to learn from are shifted by up to this many pixels", Zh = "训练图像随机平移的最大像素数")]
    public int ShiftedTraining { get; init; }

    public override Bilingual Title => ("Pooling tolerates small shifts", "池化容忍小幅平移");

    public override IReadOnlyList<string> Data => [Sets.Fashion];

    public override IReadOnlyList<Preset> Presets =>
    [
        new("no-window", ("Windows of one pixel: both networks are the same, and so is what they lose.", "窗口只有一个像素：两个网络完全相同，损失也相同。"), ("window", "1")),
        new("large-window", ("Windows of four pixels, twice: 28 positions shrink to one. Shifts hardly matter any more, but where things are is forgotten, and accuracy falls even unshifted.",
            "连用两次 4x4 窗口：28 个位置缩成 1 个。平移几乎不再有影响，但位置信息也丢了，不平移时准确率就已下降。"), ("window", "4")),
        new("learned-tolerance", ("Both learn from pictures shifted by up to two pixels: now the network without pooling has learned the tolerance from data, and pooling saves next to nothing.",
            "训练图像也随机平移至多两个像素：不带池化的网络也从数据中学会了容忍，池化几乎不再有优势。"), ("shifted-training", "2")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var (train, test) = lab.Load(Sets.Fashion);
        var learned = LabContext.Some(train, lab.Pick(1_200, 5_000, 20_000), seed: 0);
        var unseen = LabContext.Samples(LabContext.Some(test, lab.Pick(300, 1_000, 5_000), seed: 0));
        int epochs = lab.Pick(3, 3, 4);
        var (lines, examples) = (new List<ChartLine>(), new List<Layer>());

        Arm Lost(Bilingual name, int window) => lab.Measure(name, seed =>
        {
            var network = Network(window, new RandomSource(seed));
            var batches = LabContext.Batches(learned, 64, shuffle: seed, augment: Augmentation);
            lab.Fit(network, new Adam(network.Parameters, 2e-3f), batches, epochs, schedule: new OneCycleSchedule((long)epochs * batches.Count), line: name);
            int farthest = seed == lab.Seeds[0] ? Farthest : Decisive;
            double[] accuracy = [.. Enumerable.Range(0, farthest + 1).Select(distance => Directions(distance).Average(shift => 100 * lab.Accuracy(network, Shifted(unseen, shift))))];
            if (seed == lab.Seeds[0])
            {
                lines.Add(new ChartLine(name, [.. Enumerable.Range(0, accuracy.Length).Select(i => (double)i)], accuracy));
                examples.Add(network);
            }

            return accuracy[0] - accuracy[Decisive];
        });

        var pooled = Lost(("with pooling", "带池化"), Window);
        var plain = Lost(("without pooling", "不带池化"), 1);
        lab.Show(new Chart("accuracy-by-shift", ("Accuracy on shifted test pictures", "平移后测试图像上的准确率"), ("shift (pixels)", "平移（像素）"), ("accuracy (%)", "准确率（%）"), lines));
        ShowExamples(lab, examples, unseen);
        return
        [
            Verdict.Holds(
                "pooling-tolerates-shifts", [pooled, plain],
                Condition.AtLeast(("accuracy lost by 2 pixels, without pooling minus with (points)", "平移 2 像素的准确率损失：不带减带池化（百分点）"), plain.Median - pooled.Median, lab.Pick(2, 2, 3)),
                Condition.AtLeast(("accuracy lost without pooling (points)", "不带池化时的准确率损失（百分点）"), plain.Median, 3)),
        ];
    }

    private string Augmentation => ShiftedTraining == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"translation:{ShiftedTraining / 28f}");

    private static Sequential Network(int window, RandomSource random)
    {
        int side = 28 / window / window;
        return new Sequential(
            new Conv2d(1, 8, 3, same: true, random: random), new Relu(), new MaxPool2d(window),
            new Conv2d(8, 16, 3, same: true, random: random), new Relu(), new MaxPool2d(window),
            new Flatten(), new Linear(16 * side * side, 10, random: random));
    }

    private static (int Down, int Right)[] Directions(int distance) =>
        distance == 0 ? [(0, 0)] : [(distance, 0), (-distance, 0), (0, distance), (0, -distance)];

    private static TensorBatches Shifted((Tensor Inputs, IntTensor Labels) samples, (int Down, int Right) shift) =>
        new(PictureShift.Of(samples.Inputs, shift.Down, shift.Right), samples.Labels, 250);

    private static void ShowExamples(LabContext lab, List<Layer> networks, (Tensor Inputs, IntTensor Labels) unseen)
    {
        var names = lab.Load(Sets.Fashion).Test.ClassNames;
        var pictures = new List<Plots.Picture>();
        const int Pictures = 5;
        foreach (int distance in new[] { 0, 2, 4 })
        {
            var shifted = PictureShift.Of(unseen.Inputs.Slice(0, 0, Pictures), 0, distance);
            var answers = networks.Select(network => Answers(network, shifted)).ToArray();
            for (int i = 0; i < Pictures; i++)
            {
                int label = unseen.Labels.Span[i], pixels = 28 * 28;
                pictures.Add(new Plots.Picture(
                    shifted.Span.Slice(i * pixels, pixels).ToArray(), 1, 28, 28, $"pool: {names[answers[0][i]]}\nno pool: {names[answers[1][i]]}",
                    answers[0][i] == label ? Plots.CaptionColour.Right : Plots.CaptionColour.Wrong));
            }
        }

        lab.Show("shifted", ("Pictures shifted right by 0, 2 and 4 pixels, and the answers of both networks; the frame judges that with pooling",
            "右移 0、2、4 个像素的图像及两个网络的回答；边框颜色评判带池化的网络"), pictures, Pictures);
    }

    private static int[] Answers(Layer network, Tensor pictures)
    {
        using var _ = GradientMode.Off();
        network.Evaluate();
        var logits = network.Forward(pictures);
        int classes = logits.Shape[1];
        return [.. Enumerable.Range(0, logits.Shape[0]).Select(i => TensorPrimitives.IndexOfMax<float>(logits.Span.Slice(i * classes, classes)))];
    }
}
