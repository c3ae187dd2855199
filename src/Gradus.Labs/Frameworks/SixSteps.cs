using System.Globalization;
using System.Text;
using Gradus.Data;
using Gradus.Graph;
using Gradus.Ops;
using Gradus.Zoo;

namespace Gradus.Labs.Frameworks;

/// <summary>Six steps from a folder of picture files to the class of a new file: preprocess, load, build, train, evaluate, apply.</summary>
/// <remarks>
/// The folder is made first: pictures of Fashion-MNIST as files, <c>train/CLASS/*.pgm</c> and <c>test/CLASS/*.pgm</c>. From there on everything comes from the folder, as it would from the user's own; the picture
/// that is applied at last is read from its file alone. The control is the same network untrained. The command line does the same: <c>gradus train cnn-small --data FOLDER</c>, <c>gradus predict</c>.
/// </remarks>
public sealed class SixSteps : Lab
{
    [Knob(1, 20, En = "epochs", Zh = "训练轮数")]
    public int Epochs { get; init; } = 6;

    [Knob(0, 1, En = "share of the training files that lie in a wrong folder", Zh = "放错文件夹的训练文件比例")]
    public double Misplaced { get; init; }

    [Knob(En = "whether the picture that is applied at last is normalised as the training pictures were", Zh = "最后应用的图片是否像训练图片一样做归一化")]
    public bool NormalizeAtUse { get; init; } = true;

    public override Bilingual Title => (
        "Six steps from a folder of pictures to the class of a new file",
        "六个步骤：从图片文件夹到新图片的类别");

    public override IReadOnlyList<string> Data => [Sets.Fashion];

    public override IReadOnlyList<Preset> Presets =>
    [
        new("misplaced-files", ("Nine files of ten in a wrong folder: the network learns what it is told, and what it is told is wrong.", "十个文件有九个放错：网络学到的正是告诉它的，而告诉它的就是错的。"), ("misplaced", "0.9")),
        new("some-noise", ("Three files of ten misplaced: training accuracy falls, test accuracy hardly. Networks bear random mistakes well.", "十分之三放错：训练准确率下降，测试准确率却几乎不变。网络对随机错误相当宽容。"), ("misplaced", "0.3")),
        new("forgotten-preprocessing", ("The picture goes in without the normalisation of step 1: the most common mistake in use. The probability falls, and with darker pictures the answer is wrong.", "图片未经第一步的归一化就送入网络，这是应用时最常见的错误：概率下降，遇到偏暗的图片答案也会错。"), ("normalize-at-use", "false")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        string folder = Path.Combine(lab.Folder, "pictures");
        try
        {
            Make(folder, lab);
            return [Classify(lab, folder)];
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    private Verdict Classify(LabContext lab, string folder)
    {
        // 1. Preprocess: equal sizes (by the loader), values 0 to 1, then mean 0 and deviation 1 by the training pictures' figures.
        // 2. Load: the folders' names are the classes.
        var (training, test) = ImageFolder.Load(folder, cancellationToken: lab.Cancellation);
        var normalization = Normalization.Of(training);
        string[] applied = [.. Directory.GetFiles(Path.Combine(folder, "test"), "*.pgm", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        var (right, pictures) = (new List<double>(), new List<Plots.Picture>());

        var untrained = lab.Measure(("untrained", "未训练"), seed => lab.Accuracy(Build(training, seed), LabContext.Batches(test!, 250, normalization: normalization)));
        var accuracy = lab.Measure(("trained on the folder", "用该文件夹训练之后"), seed =>
        {
            // 3. Build.
            var network = Build(training, seed);

            // 4. Train.
            int batch = lab.Pick(32, 32, 64), epochs = lab.Pick(2 * Epochs, Epochs, Epochs);
            lab.Fit(
                network, new Adam(network.Parameters, 2e-3f), LabContext.Batches(training, batch, seed, normalization), epochs,
                schedule: new Schedules.CosineSchedule(epochs * ((training.Count + batch - 1) / batch)), line: ($"seed {seed}", $"种子 {seed}"));

            // 5. Evaluate.
            double share = lab.Accuracy(network, LabContext.Batches(test!, 250, normalization: normalization));

            // 6. Apply: one file, which the seed picks, and for the picture one of each class.
            string chosen = applied[new RandomSource(seed).Next(applied.Length)];
            right.Add(Apply(network, chosen, training, normalization, seed == lab.Seeds[0] ? pictures : null) == TrueClass(chosen) ? 1 : 0);
            if (seed == lab.Seeds[0])
                foreach (var file in applied.GroupBy(TrueClass).Select(group => group.Last())) Apply(network, file, training, normalization, pictures);
            return share;
        });

        lab.Show("applied", ("Picture files that the trained network was applied to; the first is the one that decides", "训练好的网络所应用的图片文件；第一张为判定所用"), pictures, 6);
        var last = new Arm(("whether the picture applied at last is right", "最后应用的图片是否答对"), right);
        return Verdict.Holds("six-steps-classify-a-folder", [accuracy, untrained, last],
            Condition.AtLeast(("test accuracy", "测试准确率"), accuracy.Median, lab.Pick(0.65, 0.75, 0.85)),
            Condition.AtLeast(("points over the untrained network", "高出未训练网络"), accuracy.Median - untrained.Median, 0.4),
            Condition.AtLeast(last.Name, last.Median, 1));
    }

    private static Layer Build(Dataset training, ulong seed) => new CnnSmall().Build([training.Channels, training.Height, training.Width], training.Classes, new RandomSource(seed));

    private string Apply(Layer network, string file, Dataset training, Normalization normalization, List<Plots.Picture>? pictures)
    {
        var picture = Picture.Load(file).Resize(training.Height, training.Width).WithChannels(training.Channels);
        float[] pixels = [.. picture.Pixels.Select(level => level / 255f)];
        var x = Tensor.From(pixels, [1, training.Channels, training.Height, training.Width]);
        if (NormalizeAtUse) normalization.Apply(x.Span);
        network.Evaluate();
        using var off = GradientMode.Off();
        var shares = network.Forward(x).Softmax();
        int best = System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(shares.Span);
        string found = training.ClassNames[best];
        pictures?.Add(new Plots.Picture(
            pixels, training.Channels, training.Height, training.Width, string.Create(CultureInfo.InvariantCulture, $"{found} {shares.Span[best]:P0}"),
            found == TrueClass(file) ? Plots.CaptionColour.Right : Plots.CaptionColour.Wrong));
        return found;
    }

    private static string TrueClass(string file) => Path.GetFileName(Path.GetDirectoryName(file)!);

    private void Make(string folder, LabContext lab)
    {
        var (all, tests) = lab.Load(Sets.Fashion);
        Write(Path.Combine(folder, "train"), LabContext.Some(all, lab.Pick(800, 2000, 8000), seed: 0), Misplaced, lab.Cancellation);
        Write(Path.Combine(folder, "test"), LabContext.Some(tests, lab.Pick(300, 500, 2000), seed: 0), 0, lab.Cancellation);
    }

    // Portable grey maps: a header of one line, then the bytes.
    private static void Write(string folder, Dataset set, double misplaced, CancellationToken cancellation)
    {
        string[] names = [.. set.ClassNames.Select(name => name.Replace('/', '-'))];
        foreach (string name in names) Directory.CreateDirectory(Path.Combine(folder, name));
        var random = new RandomSource(0);
        var sample = new float[set.SampleLength];
        byte[] header = Encoding.ASCII.GetBytes($"P5 {set.Width} {set.Height} 255\n");
        for (int i = 0; i < set.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            set.Read(i, sample);
            int label = random.Next(1000) < 1000 * misplaced ? (set.Label(i) + 1 + random.Next(set.Classes - 1)) % set.Classes : set.Label(i);
            File.WriteAllBytes(Path.Combine(folder, names[label], $"{i:00000}.pgm"), [.. header, .. sample.Select(value => (byte)Math.Round(255 * value))]);
        }
    }
}
