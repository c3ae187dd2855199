using System.Globalization;
using Gradus.Data;
using Gradus.Schedules;
using Gradus.Zoo;

namespace Gradus.Labs.Augmentation;

/// <summary>On 1,000 pictures, augmentation that fits the data gives a better test accuracy than none.</summary>
/// <remarks>
/// A small CNN is trained on the same 1,000 handwritten digits without augmentation and with each of several; the test digits are by other
/// hands. The best is chosen by validation pictures, and the verdict is on test pictures: the best of many on the test set would look better
/// than it is. A horizontal flip is among them as one that does not fit: no hand writes digits in mirror writing. Shorten and Khoshgoftaar 2019, "A survey on image
/// data augmentation for deep learning"; Zhong and others 2020, https://arxiv.org/abs/1708.04896; Zhang and others 2018, https://arxiv.org/abs/1710.09412.
/// </remarks>
public sealed class AugmentationOn1000 : Lab
{
    [Knob(0, 6, En = "multiplies the strength of every augmentation", Zh = "各种增强强度的倍数")]
    public double Strength { get; init; } = 1;

    [Knob(100, 1300, En = "training pictures", Zh = "训练图片数")]
    public int Pictures { get; init; } = 1000;

    [Knob(1, 200, En = "passes over the training pictures; a smaller budget makes fewer", Zh = "遍历训练图片的轮数；预算较小时取得更少")]
    public int Epochs { get; init; } = 40;

    public override Bilingual Title => ("On 1,000 pictures, fitting augmentation beats none", "只有 1000 张图片时，合适的数据增强胜过不增强");

    public override IReadOnlyList<string> Data => [Sets.Digits];

    public override IReadOnlyList<Preset> Presets =>
    [
        new("none", ("Strength 0: every arm is the baseline, and nothing is gained.", "强度 0：每一组都等于基线，毫无收获。"), ("strength", "0")),
        new("too-strong", ("Six times as strong: turns of 60 degrees, shifts of half a picture. Most pictures of the training no longer occur in the test.", "强度六倍：旋转 60 度、平移半幅画面。训练里的多数图片在测试中已不会出现。"), ("strength", "6")),
        new("a-hundred", ("100 pictures: the fewer data there are, the more augmentation gives.", "100 张图片：数据越少，增强带来的好处越大。"), ("pictures", "100"), ("epochs", "200")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var (all, test) = lab.Load(Sets.Digits);
        (Bilingual Name, string Text)[] policies = Policies(lab.Budget);
        var trials = policies.Select(policy => lab.Seeds.Select(seed => Train(lab, all, test, policy.Name, policy.Text, seed)).ToArray()).ToArray();

        Arm Arm(Bilingual name, Func<int, double> value) => new(name, [.. Enumerable.Range(0, lab.Seeds.Count).Select(value)]);
        int Chosen(int seed) => Enumerable.Range(1, policies.Length - 1).MaxBy(policy => trials[policy][seed].Validation);
        var without = Arm(("test accuracy without augmentation", "不增强的测试准确率"), seed => trials[0][seed].Test);
        var with = Arm(("test accuracy with the augmentation that validation chose", "验证所选增强的测试准确率"), seed => trials[Chosen(seed)][seed].Test);
        Draw(lab, all, policies, trials);
        for (int i = 0; i < lab.Seeds.Count; i++)
        {
            var chosen = policies[Chosen(i)];
            lab.Note(($"seed {lab.Seeds[i]}: validation chose {chosen.Name.En} ({chosen.Text})", $"种子 {lab.Seeds[i]}：验证选中{chosen.Name.Zh}（{chosen.Text}）"));
        }

        return
        [
            Verdict.Holds("fitting-augmentation-helps", [with, without],
                Condition.AtLeast(("test accuracy with less that without", "增强与不增强的测试准确率之差"), Arm("", seed => with.Values[seed] - without.Values[seed]).Median, lab.Pick(0.005, 0.005, 0.01))),
        ];
    }

    private (Bilingual Name, string Text)[] Policies(Budget budget)
    {
        string Write(params (string Name, double Strength)[] steps) => string.Join(',', steps.Select(step => string.Create(CultureInfo.InvariantCulture, $"{step.Name}:{step.Strength:0.###}")));
        (string, double) rotation = ("rotation", Math.Min(10 * Strength, 180)), shift = ("translation", Math.Min(0.1 * Strength, 1)), scaling = ("scaling", Math.Min(0.1 * Strength, 4));
        (Bilingual Name, string Text) none = (("none", "不增强"), ""), all = (("turns, shifts, scaling", "旋转、平移、缩放"), Write(rotation, shift, scaling));
        if (budget == Budget.Tiny) return [none, all];
        (Bilingual Name, string Text)[] each = [(("rotation", "旋转"), Write(rotation)), (("shifts", "平移"), Write(shift)), (("scaling", "缩放"), Write(scaling)), all];
        if (budget == Budget.Quick) return [none, .. each];
        return
        [
            none, .. each, (("crop", "裁剪"), Write(("crop", Math.Round(Strength)))),
            (("brightness, contrast", "亮度、对比度"), Write(("brightness", Math.Min(0.3 * Strength, 1)), ("contrast", Math.Min(0.3 * Strength, 1)))),
            (("erasing", "随机擦除"), Write(("erasing", Math.Min(0.3 * Strength, 1)))), ("mixup", Strength == 0 ? "" : Write(("mixup", Math.Clamp(0.2 * Strength, 0.05, 1)))),
            (("horizontal flip", "水平翻转"), Write(("horizontal-flip", Math.Min(0.5 * Strength, 1)))),
        ];
    }

    private sealed record Trial(double Train, double Validation, double Test);

    // The mean of some networks: on some hundred test pictures one alone is moved by its random start.
    private Trial Train(LabContext lab, Dataset all, Dataset test, Bilingual name, string augment, ulong seed)
    {
        lab.Stage(($"{name.En}, seed {seed}", $"{name.Zh}，种子 {seed}"));
        var trials = Enumerable.Range(0, lab.Pick(2, 2, 4)).Select(i =>
        {
            ulong each = 100 * seed + (ulong)i;
            var (training, validation) = all.Split((double)lab.Pick(Math.Min(Pictures, 300), Pictures, Pictures) / all.Count, each);
            var normalization = Normalization.Of(training);
            var network = new CnnSmall().Build([all.Channels, all.Height, all.Width], all.Classes, new RandomSource(each));
            var source = LabContext.Batches(training, 50, each, normalization, augment);
            int epochs = lab.Pick(60, Math.Min(Epochs, 40), Epochs); // tiny has fewer pictures, so that an epoch has fewer steps
            lab.Fit(network, new Adam(network.Parameters, 2e-3f), source, epochs, schedule: new CosineSchedule((long)epochs * source.Count), line: i == 0 ? name : (Bilingual?)null);
            double Accuracy(Dataset set) => lab.Accuracy(network, LabContext.Batches(set, 250, normalization: normalization));
            return new Trial(Accuracy(training), Accuracy(validation), Accuracy(test));
        }).ToArray();
        return new Trial(trials.Average(t => t.Train), trials.Average(t => t.Validation), trials.Average(t => t.Test));
    }

    private static void Draw(LabContext lab, Dataset pictures, (Bilingual Name, string Text)[] policies, Trial[][] trials)
    {
        string Percent(Trial[] seeds, Func<Trial, double> value) => string.Create(CultureInfo.InvariantCulture, $"{100 * new Arm("", [.. seeds.Select(value)]).Median:F1} %");
        lab.Show(new ResultTable("augmentations", ("Each augmentation, medians over the seeds", "各种增强（各种子的中位数）"),
            [("augmentation", "增强"), ("as the command line writes it", "命令行写法"), ("training", "训练"), ("validation", "验证"), ("test", "测试")],
            [.. policies.Select((policy, i) => (IReadOnlyList<Bilingual>)[policy.Name, policy.Text, Percent(trials[i], t => t.Train), Percent(trials[i], t => t.Validation), Percent(trials[i], t => t.Test)])]));
        const int Shown = 8;
        var grid = new List<Plots.Picture>();
        foreach (var (name, text) in policies)
        {
            var pipeline = AugmentationPipeline.Parse(text, seed: 3);
            float[] batch = new float[Shown * pictures.SampleLength];
            var shape = new PictureShape(pictures.Channels, pictures.Height, pictures.Width);
            for (int i = 0; i < Shown; i++)
            {
                var one = batch.AsSpan(i * pictures.SampleLength, pictures.SampleLength);
                pictures.Read(i, one);
                pipeline.Apply(one, shape, epoch: 0, sample: i);
            }

            if (pipeline.MixesLabels) pipeline.Mix(batch, shape, 0, [.. Enumerable.Range(0, Shown)], new int[Shown], new float[Shown]);
            for (int i = 0; i < Shown; i++) grid.Add(new Plots.Picture(batch.AsMemory(i * pictures.SampleLength, pictures.SampleLength), pictures.Channels, pictures.Height, pictures.Width, i == 0 ? name.En : ""));
        }

        lab.Show("pictures", ("What the network is shown: one row for each augmentation, the first without any", "网络看到的图片：每行一种增强，第一行不增强"), grid, Shown);
    }
}
