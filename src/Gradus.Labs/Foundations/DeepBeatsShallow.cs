using Gradus.Data;
using Gradus.Graph;
using Gradus.Layers;
using Gradus.Ops;

namespace Gradus.Labs.Foundations;

/// <summary>On raw pixels a small convolutional network classifies better than softmax regression and than nearest neighbours.</summary>
/// <remarks>
/// All three see the same training pictures and are measured on the same test pictures. Nearest neighbours have nothing random in them: one
/// measurement stands for all seeds. With the pixels of all pictures shuffled in one fixed order the shallow methods would give the same figures, for neither asks
/// which pixels are neighbours; the network does, and loses its advantage. LeCun, Bengio and Hinton 2015, "Deep learning", Nature 521.
/// </remarks>
public sealed class DeepBeatsShallow : Lab
{
    [Knob(1, 20, En = "passes of the network over the training pictures", Zh = "网络遍历训练图片的轮数")]
    public int Epochs { get; init; } = 5;

    [Knob(1, 50, En = "how many nearest neighbours vote", Zh = "参与投票的近邻个数")]
    public int Neighbours { get; init; } = 5;

    [Knob(En = "shuffles the pixels of all pictures, in one and the same order, before the network sees them", Zh = "在网络看到图片之前，把所有图片的像素按同一种固定顺序打乱")]
    public bool ShufflePixels { get; init; }

    public override Bilingual Title => (
        "A small CNN beats softmax regression and nearest neighbours on raw pixels",
        "在原始像素上，小型 CNN 胜过 softmax 回归与最近邻");

    public override IReadOnlyList<string> Data => [Sets.Fashion];

    public override IReadOnlyList<Preset> Presets =>
    [
        new("shuffled-pixels", (
            "The same pixels in another order: nothing is lost for a method that treats them as a list of 784 numbers, but a window of 3 x 3 now holds nine strangers, and the CNN falls back to the shallow methods.",
            "像素相同，只是换了顺序：把图片当作 784 个数的方法毫无损失，但 3×3 窗口里现在是九个不相干的像素，CNN 退回到浅层方法的水平。"), ("shuffle-pixels", "true")),
        new("one-neighbour", (
            "One neighbour alone is swayed by every odd picture: a little worse than the vote of five.",
            "只问一个近邻，会被每张异常图片左右：比五个近邻投票略差。"), ("neighbours", "1")),
        new("one-epoch", ("A single pass: the CNN already leads.", "只训练一轮：CNN 已经领先。"), ("epochs", "1")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var (all, tests) = lab.Load(Sets.Fashion);
        var training = LabContext.Some(all, lab.Pick(1500, 10000, all.Count), seed: 0);
        var test = LabContext.Some(tests, lab.Pick(1000, 2500, tests.Count), seed: 0);
        var normalization = Normalization.Of(training);
        int epochs = lab.Pick(Math.Min(Epochs * 2, 40), Epochs, Epochs);
        int[]? near = null, linear = null, deep = null;

        var cnn = lab.Measure("CNN", seed =>
        {
            var network = StagedCnn.Build(seed);
            if (ShufflePixels)
            {
                network = new Sequential(new Shuffled(), network);
                lab.Fit(network, new Adam(network.Parameters, 2e-3f), LabContext.Batches(training, 64, seed, normalization), epochs, line: "CNN");
            }
            else network = StagedCnn.Trained(lab, training, normalization, epochs, seed);
            return Share(deep = Classify(network, test, normalization), test);
        });
        var softmax = lab.Measure(("softmax regression", "softmax 回归"), seed =>
        {
            var model = new Sequential(new Flatten(), new Linear(28 * 28, 10, random: new RandomSource(seed)));
            lab.Fit(model, new Adam(model.Parameters, 1e-3f), LabContext.Batches(training, 128, seed, normalization), lab.Pick(6, 6, 5), line: ("softmax regression", "softmax 回归"));
            return Share(linear = Classify(model, test, normalization), test);
        });
        var neighbours = lab.Measure(($"{Neighbours} nearest neighbours", $"{Neighbours} 个最近邻"), _ => Share(near ??= Nearest(lab, training, test), test));

        Draw(lab, test, deep!, linear!, near!);
        var (least, ahead) = (lab.Pick(0.78, 0.86, 0.91), lab.Pick(0.01, 0.02, 0.04));
        Bilingual Lead(string en, string zh) => ($"its lead over {en}", $"领先{zh}");
        var conditions = new List<Condition>
        {
            Condition.AtLeast(("accuracy of the CNN", "CNN 的准确率"), cnn.Median, least),
            Condition.AtLeast(Lead("softmax regression", " softmax 回归"), cnn.Median - softmax.Median, ahead),
            Condition.AtLeast(Lead("nearest neighbours", "最近邻"), cnn.Median - neighbours.Median, ahead),
        };
        if (lab.Budget >= Budget.Full) // what is known of the whole set: an ill-trained baseline would be no baseline
        {
            conditions.Add(Condition.Within(("accuracy of softmax regression", "softmax 回归的准确率"), softmax.Median, 0.84, 0.02));
            conditions.Add(Condition.Within(("accuracy of nearest neighbours", "最近邻的准确率"), neighbours.Median, 0.85, 0.02));
        }

        return [Verdict.Holds("cnn-beats-shallow", [cnn, softmax, neighbours], conditions)];
    }

    /// <summary>Puts the pixels of every picture in one and the same random order.</summary>
    private sealed class Shuffled : Layer
    {
        private static readonly IntTensor Order = new(new RandomSource(0).Permutation(28 * 28));

        public override Tensor Forward(Tensor x) => x.Flatten().Gather(1, Order).Reshape(x.Shape[0], 1, 28, 28);
    }

    private int[] Nearest(LabContext lab, Dataset training, Dataset test)
    {
        var (samples, labels) = LabContext.Samples(training);
        return new NearestNeighbours(samples, labels, Neighbours).Classify(LabContext.Samples(test).Inputs, lab.Cancellation);
    }

    private static int[] Classify(Layer network, Dataset test, Normalization normalization)
    {
        network.Evaluate();
        var plan = InferencePlan.Capture(network);
        var classes = new List<int>();
        foreach (var batch in LabContext.Batches(test, 250, normalization: normalization).Epoch(0))
        {
            var logits = plan.Run(batch.Inputs);
            for (int i = 0; i < batch.Samples; i++) classes.Add(System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(logits.Span.Slice(10 * i, 10)));
        }

        return [.. classes];
    }

    private static double Share(int[] classes, Dataset test) => classes.Where((found, i) => found == test.Label(i)).Count() / (double)test.Count;

    private static void Draw(LabContext lab, Dataset test, int[] deep, int[] linear, int[] near)
    {
        ChartLine ByClass(Bilingual name, int[] found)
        {
            var right = new double[test.Classes];
            for (int i = 0; i < found.Length; i++) right[test.Label(i)] += found[i] == test.Label(i) ? 1.0 : 0;
            return new ChartLine(name, [.. Enumerable.Range(0, test.Classes).Select(i => (double)i)], [.. right.Zip(test.CountPerClass(), (share, count) => share / count)]);
        }

        string names = string.Join(", ", test.ClassNames.Select((name, i) => $"{i} {name}"));
        lab.Show(new Chart(
            "accuracy-by-class", ("Accuracy in each class", "各类别的准确率"), ($"class: {names}", $"类别：{names}"), ("accuracy", "准确率"),
            [ByClass("CNN", deep), ByClass(("softmax regression", "softmax 回归"), linear), ByClass(("nearest neighbours", "最近邻"), near)]));
        int[] won = [.. Enumerable.Range(0, test.Count).Where(i => deep[i] == test.Label(i) && linear[i] != deep[i] && near[i] != deep[i]).Take(12)];
        if (won.Length == 0) return;
        lab.Show("only-the-cnn", ("Test pictures that only the CNN gets right: its answer, and those of softmax regression and of nearest neighbours", "只有 CNN 答对的测试图片：先是它的答案，再是 softmax 回归与最近邻的"), [.. won.Select(Drawn)], 6);

        Plots.Picture Drawn(int i)
        {
            var pixels = new float[test.SampleLength];
            test.Read(i, pixels);
            return new Plots.Picture(pixels, 1, 28, 28, $"{test.ClassNames[deep[i]]}\nnot {test.ClassNames[linear[i]]}\nnor {test.ClassNames[near[i]]}");
        }
    }
}
