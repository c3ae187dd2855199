using System.Globalization;
using Gradus.Data;
using Gradus.Layers;
using Gradus.Losses;
using Gradus.Schedules;
using Gradus.Training;

namespace Gradus.Labs.Overfitting;

/// <summary>Cross-validation finds a good strength of regularisation; by itself it changes nothing in the network that is trained afterwards.</summary>
/// <remarks>
/// A perceptron learns few pictures of which some have a wrong label, so that without weight decay it learns the mistakes by heart. Five-fold
/// cross-validation measures every strength on samples left out. Then networks are trained on all pictures: some had no cross-validation before, others
/// had it and keep the settings. The two groups start from different random weights, so that nothing makes them equal by construction: they are
/// as far apart as two trainings are. Stone 1974, "Cross-validatory choice and assessment of statistical predictions".
/// </remarks>
public sealed class CrossValidation : Lab
{
    /// <summary>What a strength is measured on.</summary>
    public enum Samples
    {
        /// <summary>The fold left out.</summary>
        LeftOut,

        /// <summary>The folds that were learnt from.</summary>
        LearntFrom,
    }

    [Knob(2, 20, En = "folds", Zh = "折数")]
    public int Folds { get; init; } = 5;

    [Knob(0, 0.6, En = "share of training labels that are wrong", Zh = "训练标签中错误的比例")]
    public double WrongLabels { get; init; } = 0.2;

    [Knob(En = "the samples on which a strength is measured", Zh = "用哪部分样本来衡量各强度")]
    public Samples MeasureOn { get; init; } = Samples.LeftOut;

    [Knob(En = "whether the network trained after cross-validation takes the strength that it chose", Zh = "交叉验证之后训练的网络是否采用它选出的强度")]
    public bool AdoptTheChoice { get; init; }

    public override Bilingual Title => ("Cross-validation selects a strength; by itself it does not reduce overfitting", "交叉验证用来选择强度，本身并不减轻过拟合");

    public override IReadOnlyList<string> Data => [Sets.Fashion];

    public override IReadOnlyList<Preset> Presets =>
    [
        new("adopt-the-choice", ("Now the settings change, by what cross-validation found, and the gap shrinks. It is the decision that changes the network.", "这一次按交叉验证的结果换了设置，差距便缩小了。改变网络的是决策。"), ("adopt-the-choice", "true")),
        new("measure-on-the-training-folds", ("Strengths measured on what was learnt from: no decay at all looks best, the most overfitted network wins.", "用学过的样本来衡量：不加衰减看上去最好，过拟合最严重的网络胜出。"), ("measure-on", "learnt-from")),
        new("clean-labels", ("All labels right: there is less to overfit, and strengths differ less.", "标签全对：可供过拟合的东西少了，各强度之间的差别也小了。"), ("wrong-labels", "0")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var (all, tests) = lab.Load(Sets.Fashion);
        var test = LabContext.Batches(LabContext.Some(tests, lab.Pick(500, 2000, 5000), seed: 0), 250);
        double[] strengths = lab.Pick<double[]>([0, 0.03, 0.3], [0, 0.01, 0.03, 0.1, 0.3], [0, 0.01, 0.02, 0.03, 0.06, 0.1, 0.3]);
        var found = lab.Seeds.Select(seed => Study(lab, all, test, strengths, seed)).ToArray();

        Arm Arm(Bilingual name, Func<Found, double> value) => new(name, [.. found.Select(value)]);
        Arm before = Arm(("gap without cross-validation", "未做交叉验证的差距"), f => f.Before.Gap), after = Arm(("gap after cross-validation", "做完交叉验证后的差距"), f => f.After.Gap);
        var adopted = Arm(("gap with the strength that it chose", "采用所选强度后的差距"), f => f.Tests[f.Chosen].Gap);
        Arm chosen = Arm(("test accuracy with the chosen strength", "所选强度的测试准确率"), f => f.Tests[f.Chosen].Test), best = Arm(("test accuracy with the best strength", "最佳强度的测试准确率"), f => f.Tests.Max(t => t.Test));
        var worst = Arm(("test accuracy with the worst strength", "最差强度的测试准确率"), f => f.Tests.Min(t => t.Test));
        Draw(lab, strengths, found[0]);
        return
        [
            Verdict.Refutes("cross-validation-reduces-overfitting", [before, after, adopted],
                Condition.Within(("gap after cross-validation less that without", "做与不做交叉验证的差距之差"), Arm("", f => f.After.Gap - f.Before.Gap).Median, 0, lab.Pick(0.04, 0.03, 0.02)),
                Condition.AtLeast(("gap without cross-validation: there is overfitting to reduce", "未做交叉验证的差距：确有过拟合可减"), before.Median, 0.1)),
            Verdict.Holds("cross-validation-selects", [chosen, best, worst],
                Condition.AtMost(("test accuracy of the best strength less that of the chosen one", "最佳强度与所选强度的测试准确率之差"), Arm("", f => f.Tests.Max(t => t.Test) - f.Tests[f.Chosen].Test).Median, lab.Pick(0.03, 0.015, 0.01)),
                Condition.AtLeast(("the same of the worst: the choice matters", "最佳与最差之差：选择确实要紧"), Arm("", f => f.Tests.Max(t => t.Test) - f.Tests.Min(t => t.Test)).Median, 0.03)),
        ];
    }

    private sealed record Found(double[] Estimates, int Chosen, Generalization[] Tests, Generalization Before, Generalization After);

    private Found Study(LabContext lab, Dataset all, BatchSource test, double[] strengths, ulong seed)
    {
        var training = new Mislabelled(LabContext.Some(all, lab.Pick(200, 400, 800), seed), WrongLabels, seed);
        int inits = lab.Pick(1, 2, 3);
        Generalization Whole(double strength, ulong first) // the mean of some networks: one alone is moved by its random start
        {
            var networks = Enumerable.Range(0, inits).Select(i => Train(lab, training, training, test, strength, first + (ulong)i)).ToArray();
            return new Generalization(networks.Average(n => n.Seen), networks.Average(n => n.Other.Accuracy!.Value));
        }

        lab.Stage(($"without cross-validation, seed {seed}", $"不做交叉验证，种子 {seed}"));
        var before = Whole(0, 1000 * seed + 100);
        lab.Stage(($"cross-validation, seed {seed}", $"交叉验证，种子 {seed}"));
        var folds = KFold.Stratified([.. Enumerable.Range(0, training.Count).Select(training.Label)], Folds, seed);
        double[] estimates = [.. strengths.Select(strength => Training.CrossValidation.Run(folds, (fold, i) =>
        {
            var (known, left) = (new Subset(training, fold.Training), new Subset(training, fold.Validation));
            return Train(lab, known, known, LabContext.Batches(MeasureOn == Samples.LeftOut ? left : known, 250), strength, 1000 * seed + (ulong)i).Other;
        }).Accuracy!.Value)];
        int chosen = Array.IndexOf(estimates, estimates.Max());
        lab.Stage(($"networks on all pictures, seed {seed}", $"在全部图片上训练，种子 {seed}"));
        var tests = strengths.Select(strength => Whole(strength, 1000 * seed + 200)).ToArray();
        return new Found(estimates, chosen, tests, before, Whole(AdoptTheChoice ? strengths[chosen] : 0, 1000 * seed + 300));
    }

    private static (double Seen, Evaluation Other) Train(LabContext lab, Dataset training, Dataset seen, BatchSource other, double strength, ulong seed)
    {
        var random = new RandomSource(seed);
        var network = new Sequential(new Flatten(), new Linear(28 * 28, 64, random: random), new Relu(), new Linear(64, 10, random: random));
        ParameterGroup Group(bool matrices, double decay) =>
            new(network.Parameters.Where(parameter => parameter.Shape.Rank > 1 == matrices)) { LearningRate = 0.03f, WeightDecay = (float)decay };
        var (batches, epochs) = (LabContext.Batches(training, 50, seed), lab.Pick(40, 50, 60));
        var schedule = new CosineSchedule((long)epochs * batches.Count); // the last step is a small one: figures do not hang on a single batch
        lab.Fit(network, new Sgd([Group(true, strength), Group(false, 0)], momentum: 0.9f), batches, epochs, schedule: schedule);
        return (lab.Accuracy(network, LabContext.Batches(seen, 250)), new Evaluator(Objective.Labels(network, CrossEntropy.Of)).Evaluate(other, lab.Cancellation));
    }

    private static void Draw(LabContext lab, double[] strengths, Found found)
    {
        string Percent(double value) => string.Create(CultureInfo.InvariantCulture, $"{100 * value:F1} %");
        double[] places = [.. strengths.Select(strength => strength == 0 ? strengths.Where(s => s > 0).Min() / 3 : strength)]; // 0 has no place on a logarithmic axis
        ChartLine Line(Bilingual name, IEnumerable<double> values) => new(name, places, [.. values]);
        lab.Show(new Chart("accuracy-by-strength", ("What cross-validation says of each strength, and what the test says", "各强度：交叉验证的估计与测试结果"), ("weight decay; the first point stands for 0", "权重衰减；最左一点代表 0"), ("accuracy", "准确率"),
            [Line(("folds left out, labels partly wrong", "留出的折（部分标签有误）"), found.Estimates), Line(("test", "测试"), found.Tests.Select(t => t.Test)), Line(("training", "训练"), found.Tests.Select(t => t.Train))])
        { LogX = true });
        lab.Show(new ResultTable("strengths", ("Each strength, first seed", "各强度，第一个种子"), [("weight decay", "权重衰减"), ("folds left out", "留出的折"), ("test", "测试"), ("gap", "差距"), ("chosen", "选中")],
            [.. strengths.Select((strength, i) => (IReadOnlyList<Bilingual>)[strength.ToString(CultureInfo.InvariantCulture), Percent(found.Estimates[i]), Percent(found.Tests[i].Test), Percent(found.Tests[i].Gap), i == found.Chosen ? "*" : ""])]));
    }

    /// <summary>A set in which some labels are wrong: each of the wrong ones is another class, drawn at random.</summary>
    private sealed class Mislabelled : Dataset
    {
        private readonly Dataset _source;
        private readonly int[] _labels;

        public Mislabelled(Dataset source, double share, ulong seed)
        {
            _source = source;
            _labels = [.. Enumerable.Range(0, source.Count).Select(source.Label)];
            var random = new RandomSource(seed + 7);
            foreach (int i in random.Permutation(source.Count).Take((int)(share * source.Count))) _labels[i] = (_labels[i] + 1 + random.Next(Classes - 1)) % Classes;
        }

        public override string Name => _source.Name;

        public override int Count => _source.Count;

        public override IReadOnlyList<string> ClassNames => _source.ClassNames;

        public override int Channels => _source.Channels;

        public override int Height => _source.Height;

        public override int Width => _source.Width;

        public override void Read(int index, Span<float> destination) => _source.Read(index, destination);

        public override int Label(int index) => _labels[index];
    }
}
