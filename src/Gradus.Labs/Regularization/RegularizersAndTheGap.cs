using System.Globalization;
using Gradus.Data;
using Gradus.Labs.Overfitting;
using Gradus.Layers;
using Gradus.Schedules;
using Gradus.Training;

namespace Gradus.Labs.Regularization;

/// <summary>On 500 pictures L1, L2 and dropout, each alone, narrow the gap between training and test accuracy.</summary>
/// <remarks>
/// One multilayer perceptron, trained by SGD with momentum until it knows its 500 pictures by heart, and again with each regulariser. Every
/// strength is chosen by the loss on validation pictures that neither training nor the verdict sees. A gap also narrows when a network learns
/// less, so that the verdict asks for the test accuracy too. Goodfellow, Bengio and Courville 2016, "Deep learning", chapter 7; Srivastava and
/// others 2014, "Dropout".
/// </remarks>
public sealed class RegularizersAndTheGap : Lab
{
    private sealed record Network(Generalization Result, double ValidationLoss, IReadOnlyList<double> Losses, double Strength);

    [Knob(100, 5000, En = "training pictures", Zh = "训练图片数")]
    public int Pictures { get; init; } = 500;

    [Knob(0, 10, En = "multiplies the strengths of L1 that are tried", Zh = "L1 候选强度的倍数")]
    public double L1Scale { get; init; } = 1;

    [Knob(0, 10, En = "multiplies the strengths of L2 that are tried", Zh = "L2 候选强度的倍数")]
    public double L2Scale { get; init; } = 1;

    [Knob(0, 1.5, En = "multiplies the dropout rates that are tried", Zh = "dropout 候选丢弃率的倍数")]
    public double DropoutScale { get; init; } = 1;

    public override Bilingual Title => ("On 500 pictures L1, L2 and dropout each narrow the gap between training and test accuracy", "只有 500 张图片时，L1、L2、dropout 各自都能缩小训练与测试准确率之差");

    public override IReadOnlyList<string> Data => [Sets.Fashion];

    public override IReadOnlyList<Preset> Presets =>
    [
        new("far-too-strong", (
            "Ten times the strengths of L2: the gap closes because the network hardly learns anything any more. That is why a gap is never judged alone.",
            "L2 强度放大十倍：差距的确没了，因为网络几乎什么也学不到。所以绝不能只看差距。"), ("l2-scale", "10")),
        new("ten-times-the-pictures", ("5,000 pictures: the gap without any regulariser is already smaller, and there is less left to gain.", "5000 张图片：不加任何正则，差距也已变小，可改进的余地不多。"), ("pictures", "5000")),
        new("no-dropout", ("Dropout at rate 0 is the baseline itself: the claim fails, as it must.", "丢弃率为 0 的 dropout 就是基线本身：论断不成立，也理应如此。"), ("dropout-scale", "0")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var (all, tests) = lab.Load(Sets.Fashion);
        var test = LabContext.Batches(LabContext.Some(tests, lab.Pick(500, 2000, 5000), seed: 0), 250);
        IReadOnlyList<Network> Best(Bilingual name, double[] strengths, Func<double, (Penalty[] Penalties, float Rate)> regularizer) => [.. lab.Seeds.Select(seed =>
            strengths.Select(strength => Train(lab, all, test, name, seed, strength, regularizer(strength))).MinBy(network => network.ValidationLoss)!)];

        Bilingual none = ("none", "无");
        var without = Best(none, [0], _ => ([], 0));
        var l1 = Best("L1", Scaled(lab.Pick<double[]>([1e-3], [5e-4, 1e-3], [5e-4, 1e-3, 2e-3]), L1Scale), strength => ([new L1Penalty((float)strength)], 0));
        var l2 = Best("L2", Scaled(lab.Pick<double[]>([0.02], [0.01, 0.02], [0.01, 0.02, 0.04]), L2Scale), strength => ([new L2Penalty((float)strength)], 0));
        var dropout = Best("dropout", Scaled(lab.Pick<double[]>([0.3], [0.3, 0.5], [0.2, 0.35, 0.5]), DropoutScale), rate => ([], (float)rate));

        (Bilingual Name, IReadOnlyList<Network> Networks)[] arms = [(none, without), ("L1", l1), ("L2", l2), ("dropout", dropout)];
        lab.Show(new Chart("validation-loss", ("Loss on validation pictures while training", "训练过程中验证图片上的损失"), ("epoch", "轮"), ("cross-entropy", "交叉熵"),
            [.. arms.Select(arm => ChartLine.Counted(arm.Name, arm.Networks[0].Losses))]));
        Generalization.Show(lab, [.. arms.Select(arm => (arm.Name, Results(arm.Networks), string.Join(", ", arm.Networks.Select(n => n.Strength.ToString("G3", CultureInfo.InvariantCulture)))))]);
        double price = lab.Pick(0.04, 0.03, 0.02); // the loss that chooses prefers a stronger dose than accuracy would; more than that were underfitting
        return
        [
            Generalization.Narrows("l1-narrows-the-gap", Results(without), "L1", Results(l1), 0.01, price),
            Generalization.Narrows("l2-narrows-the-gap", Results(without), "L2", Results(l2), 0.01, price),
            Generalization.Narrows("dropout-narrows-the-gap", Results(without), "dropout", Results(dropout), 0.01, price),
        ];
    }

    private static IReadOnlyList<Generalization> Results(IReadOnlyList<Network> networks) => [.. networks.Select(network => network.Result)];

    private static double[] Scaled(double[] strengths, double scale) => [.. strengths.Select(strength => Math.Min(strength * scale, 0.95)).Distinct()];

    private Network Train(LabContext lab, Dataset all, BatchSource test, Bilingual name, ulong seed, double strength, (Penalty[] Penalties, float Rate) regularizer)
    {
        var (training, rest) = all.Split((double)lab.Pick(Math.Min(Pictures, 300), Pictures, Pictures) / all.Count, seed);
        var validation = LabContext.Some(rest, lab.Pick(300, 500, 1000), seed);
        var network = Build(lab.Pick(96, 128, 256), regularizer.Rate, seed);
        ParameterGroup Group(bool matrices, Penalty[] penalties) =>
            new(network.Parameters.Where(parameter => parameter.Shape.Rank > 1 == matrices)) { LearningRate = 0.05f, Penalties = penalties };
        var optimizer = new Sgd([Group(true, regularizer.Penalties), Group(false, [])], momentum: 0.9f); // biases are not penalised
        string setting = strength.ToString("G3", CultureInfo.InvariantCulture);
        var (batches, epochs) = (LabContext.Batches(training, 50, seed), lab.Pick(40, 40, 80));
        var schedule = new CosineSchedule((long)epochs * batches.Count); // so that the last epoch's figures are not those of a step that happened to be bad
        var trained = lab.Fit(network, optimizer, batches, epochs, LabContext.Batches(validation, 250), schedule, ($"{name.En} {setting}", $"{name.Zh} {setting}"));
        double[] losses = [.. trained.History.Epochs.Select(epoch => epoch.ValidationLoss ?? double.NaN)];
        return new Network(Generalization.Of(lab, network, LabContext.Batches(training, 250), test), losses.Length > 0 ? losses[^1] : double.PositiveInfinity, losses, strength);
    }

    private static Sequential Build(int width, float rate, ulong seed)
    {
        var random = new RandomSource(seed);
        return new Sequential(
            new Flatten(),
            new Linear(28 * 28, width, random: random), new Relu(), new Dropout(rate, new RandomSource(seed + 1000)),
            new Linear(width, width, random: random), new Relu(), new Dropout(rate, new RandomSource(seed + 2000)),
            new Linear(width, 10, random: random));
    }
}
