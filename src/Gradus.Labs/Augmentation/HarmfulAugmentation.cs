using System.Globalization;
using Gradus.Data;
using Gradus.Graph;
using Gradus.Metrics;
using Gradus.Zoo;

namespace Gradus.Labs.Augmentation;

/// <summary>Digits mirrored top to bottom in training cost test accuracy: the label does not survive the change.</summary>
/// <remarks>
/// The same small CNN learns handwritten digits without augmentation, with small turns and shifts, with half of the pictures mirrored top to
/// bottom, and with turns by any angle. Mirrored, a 2 resembles a 5; turned by 180 degrees, a 6 is a 9. Test pictures are upright, as in use. Counted are
/// all mistakes and those between 2 and 5 and between 6 and 9. Shorten and Khoshgoftaar 2019, "A survey on image data augmentation for deep learning", on the safety of a
/// transformation.
/// </remarks>
public sealed class HarmfulAugmentation : Lab
{
    private static readonly (int, int)[] Pairs = [(2, 5), (6, 9)];

    [Knob(0, 1, En = "how often a training picture is mirrored top to bottom", Zh = "训练图片上下翻转的概率")]
    public double Flips { get; init; } = 0.5;

    [Knob(100, 1400, En = "training pictures", Zh = "训练图片数")]
    public int Pictures { get; init; } = 400;

    public override Bilingual Title => ("Mirroring digits top to bottom in training costs accuracy", "训练时把数字上下翻转，准确率反而下降");

    public override IReadOnlyList<string> Data => [Sets.Digits];

    public override IReadOnlyList<Preset> Presets =>
    [
        new("never", ("Never mirrored: the arm is the baseline, nothing is lost.", "从不翻转：这一组就是基线，毫无损失。"), ("flips", "0")),
        new("always", ("Every training picture upside down: the test shows digits that the network has never seen the right way up.", "每张训练图片都倒过来：测试里的正立数字，网络从未见过。"), ("flips", "1")),
        new("more-pictures", ("1,400 pictures: the network learns upright and mirrored digits side by side, and the harm becomes smaller.", "1400 张图片：网络把正立与翻转的数字一并学会，损害随之变小。"), ("pictures", "1400")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var (train, tests) = lab.Load(Sets.Digits);
        string flip = string.Create(CultureInfo.InvariantCulture, $"vertical-flip:{Flips}");
        (Bilingual Name, string Text)[] policies =
            [(("none", "不增强"), ""), (("small turns and shifts", "小幅旋转与平移"), "rotation:10,translation:0.08"), (("mirrored top to bottom", "上下翻转"), flip), (("turned by any angle", "任意角度旋转"), "rotation:180")];
        if (lab.Budget == Budget.Tiny) policies = [policies[0], policies[2]];
        var found = policies.ToDictionary(policy => policy.Text, policy => lab.Seeds.Select(seed => Train(lab, train, tests, policy.Name, policy.Text, seed)).ToArray());

        Arm Arm(Bilingual name, string policy, Func<ConfusionMatrix, double> value) => new(name, [.. found[policy].Select(value)]);
        Arm none = Arm(("test accuracy without augmentation", "不增强的测试准确率"), "", m => m.Accuracy), flipped = Arm(("test accuracy, mirrored top to bottom", "上下翻转的测试准确率"), flip, m => m.Accuracy);
        Arm calm = Arm(("share of pictures confused in the pairs 2, 5 and 6, 9, without", "2 与 5、6 与 9 互相混淆的比例，不增强"), "", Confused), confused = Arm(("the same, mirrored", "同上，上下翻转"), flip, Confused);
        Draw(lab, train, policies, found);
        double Lost(Arm before, Arm after) => new Arm("", [.. before.Values.Zip(after.Values, (a, b) => a - b)]).Median;
        return
        [
            Verdict.Holds("vertical-flip-harms-digits", [none, flipped, calm, confused],
                Condition.AtLeast(("test accuracy lost by mirroring", "翻转损失的测试准确率"), Lost(none, flipped), 0.01),
                Condition.AtLeast(("by how much the confused share of 2, 5, 6 and 9 rises", "2、5、6、9 互混比例上升多少"), Lost(confused, calm), 0.001)),
        ];
    }

    /// <summary>Of the pictures of the pairs' digits, the share taken for the other one of the pair.</summary>
    private static double Confused(ConfusionMatrix matrix)
    {
        double all = 0, wrong = 0;
        foreach (var (a, b) in Pairs)
        {
            wrong += matrix[a, b] + matrix[b, a];
            for (int i = 0; i < matrix.Classes; i++) all += matrix[a, i] + matrix[b, i];
        }

        return wrong / all;
    }

    private ConfusionMatrix Train(LabContext lab, Dataset train, Dataset tests, Bilingual name, string augment, ulong seed)
    {
        var matrix = new ConfusionMatrix(10);
        int networks = lab.Pick(2, 2, 4); // some hundred test pictures: four networks tell half a point better than one
        for (int i = 0; i < networks; i++)
        {
            ulong each = seed * 100 + (ulong)i;
            lab.Stage(($"{name.En}, network {i + 1} of {networks}, seed {seed}", $"{name.Zh}，第 {i + 1}/{networks} 个网络，种子 {seed}"));
            int count = Math.Min(lab.Pick(Math.Min(Pictures, 300), Pictures, Pictures), train.Count - 20);
            var (known, others) = train.Split((double)count / train.Count, each);
            var normalization = Normalization.Of(known);
            var network = new CnnSmall().Build([1, 8, 8], 10, new RandomSource(each));
            lab.Fit(network, new Adam(network.Parameters, 2e-3f), LabContext.Batches(known, 50, each, normalization, augment), lab.Pick(20, 30, 60), line: i == 0 ? name : (Bilingual?)null);
            network.Evaluate();
            foreach (var set in new[] { tests, others }) // what was not learnt from is a test too
            {
                var (inputs, labels) = LabContext.Samples(set, normalization);
                using (GradientMode.Off()) matrix.Add(network.Forward(inputs), labels);
            }
        }

        return matrix;
    }

    private static void Draw(LabContext lab, Dataset train, (Bilingual Name, string Text)[] policies, Dictionary<string, ConfusionMatrix[]> found)
    {
        string Percent(string policy, Func<ConfusionMatrix, double> value) => string.Create(CultureInfo.InvariantCulture, $"{100 * new Arm("", [.. found[policy].Select(value)]).Median:F2} %");
        lab.Show(new ResultTable("digits", ("Digits, medians over the seeds", "手写数字（各种子的中位数）"), [("augmentation", "增强"), ("test accuracy", "测试准确率"), ("2 and 5, 6 and 9 confused", "2/5、6/9 互混")],
            [.. policies.Select(policy => (IReadOnlyList<Bilingual>)[policy.Name, Percent(policy.Text, m => m.Accuracy), Percent(policy.Text, Confused)])]));
        var shape = new PictureShape(1, 8, 8);
        int[] digits = [2, 5, 6, 9];
        int[] samples = [.. digits.Select(digit => Enumerable.Range(0, train.Count).First(i => train.Label(i) == digit))];
        var grid = new List<Plots.Picture>();
        foreach (var (caption, change) in new[] { ("", ""), ("mirrored", "vertical-flip:1"), ("turned by 180°", "vertical-flip:1,horizontal-flip:1") })
        {
            var pipeline = AugmentationPipeline.Parse(change);
            for (int i = 0; i < digits.Length; i++)
            {
                var picture = new float[64];
                train.Read(samples[i], picture);
                pipeline.Apply(picture, shape, 0, 0);
                grid.Add(new Plots.Picture(picture, 1, 8, 8, $"{digits[i]} {caption}".TrimEnd()));
            }
        }

        lab.Show("digits", ("Digits as they are, mirrored top to bottom, and turned by 180 degrees", "原样、上下翻转、旋转 180 度的数字"), grid, digits.Length);
        lab.Show("confusion", ("Confusion matrix with mirrored training pictures, first seed", "训练图片上下翻转时的混淆矩阵，第一个种子"), file => Confusion(file, found[policies.Length > 2 ? policies[2].Text : policies[1].Text][0]));
    }

    private static void Confusion(string file, ConfusionMatrix matrix)
    {
        var counts = new int[10, 10];
        for (int i = 0; i < counts.Length; i++) counts[i / 10, i % 10] = (int)matrix[i / 10, i % 10];
        Plots.ConfusionPlot.Save(file, counts, [.. Enumerable.Range(0, 10).Select(digit => $"{digit}")], "Trained on digits mirrored top to bottom");
    }
}
