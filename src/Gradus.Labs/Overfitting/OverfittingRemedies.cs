using Gradus.Data;
using Gradus.Layers;
using Gradus.Losses;
using Gradus.Schedules;
using Gradus.Training;

namespace Gradus.Labs.Overfitting;

/// <summary>More data, regularisation, augmentation, early stopping and a smaller model, each alone, narrow the gap between training and test accuracy.</summary>
/// <remarks>
/// A perceptron with one hidden layer is trained on few pictures until it knows all of them by heart; then the same again with one thing changed. All
/// gaps are measured on the training pictures as they are and on the same test pictures. Early stopping looks at validation pictures of its own
/// and keeps the weights of its best epoch. What each remedy does to the test accuracy is in the table and, for all but the smaller model, in the verdict: a
/// gap closes too when a network learns nothing. Goodfellow, Bengio and Courville 2016, "Deep learning", chapter 7.
/// </remarks>
public sealed class OverfittingRemedies : Lab
{
    private const int Units = 128;

    [Knob(50, 5000, En = "training pictures of the baseline", Zh = "基线的训练图片数")]
    public int Pictures { get; init; } = 500;

    [Knob(1, 10, En = "how many times as many pictures the arm with more data has", Zh = "“更多数据”组的图片数是基线的几倍")]
    public int MoreData { get; init; } = 4;

    [Knob(0, 0.2, En = "weight decay of the regularised arm", Zh = "“正则化”组的权重衰减")]
    public double WeightDecay { get; init; } = 0.02;

    [Knob(En = "augmentations, as the command line writes them; empty for none", Zh = "数据增强，写法与命令行相同；留空则不增强")]
    public string Augment { get; init; } = "crop:1,horizontal-flip";

    [Knob(1, 1000, En = "epochs without a better validation loss after which the training stops", Zh = "验证损失连续多少轮不改善就停止")]
    public int Patience { get; init; } = 4;

    [Knob(En = "whether early stopping gives back the weights of its best epoch; else those of its last", Zh = "早停是否取回最佳轮次的权重；否则用最后一轮的权重")]
    public bool KeepTheBest { get; init; } = true;

    [Knob(1, 128, En = "hidden units of the smaller model; the baseline has 128", Zh = "小模型的隐藏单元数；基线为 128")]
    public int SmallUnits { get; init; } = 16;

    [Knob(1, 7, En = "the smaller model sees the mean of blocks of so many by so many pixels", Zh = "小模型只看到这么大的方块的像素平均值")]
    public int SmallBlocks { get; init; } = 4;

    public override Bilingual Title => ("Five remedies against overfitting, each against the same baseline", "对付过拟合的五种办法，各自与同一基线比较");

    public override IReadOnlyList<string> Data => [Sets.Fashion];

    public override IReadOnlyList<Preset> Presets =>
    [
        new("too-much-decay", ("Weight decay 0.2: the gap is gone and so is much of the accuracy. The network underfits.", "权重衰减 0.2：差距没了，准确率也丢了一大截——欠拟合。"), ("weight-decay", "0.2")),
        new("patience-without-end", ("Patience 1000: the training never stops early, and only the memory of the best epoch is left of the remedy.", "耐心 1000 轮：训练从不提前停止，这一办法只剩下“保留最佳轮次的权重”。"), ("patience", "1000")),
        new("wrong-augmentation", ("Turns by up to 180 degrees: pictures that no test shows. The gap still closes, at the price of accuracy.", "旋转至多 180 度：测试中从不出现这样的图片。差距照样缩小，代价是准确率。"), ("augment", "rotation:180")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var (all, tests) = lab.Load(Sets.Fashion);
        var run = new Trials(lab, this, all, LabContext.Batches(LabContext.Some(tests, lab.Pick(1000, 2000, 5000), seed: 0), 250));
        IReadOnlyList<Generalization> Each(Func<ulong, Generalization> train) => [.. lab.Seeds.Select(train)];
        Bilingual data = ("more data", "更多数据"), decay = ("weight decay", "权重衰减"), augmentation = ("augmentation", "数据增强"), stopping = ("early stopping", "早停"), smaller = ("a smaller model", "更小的模型");

        var baseline = Each(seed => run.Train(("baseline", "基线"), seed));
        var more = Each(seed => run.Train(data, seed, times: MoreData));
        var decayed = Each(seed => run.Train(decay, seed, decay: WeightDecay));
        var augmented = Each(seed => run.Train(augmentation, seed, augment: Augment));
        var stopped = Each(seed => run.Train(stopping, seed, patience: Patience));
        var small = Each(seed => run.Train(smaller, seed, units: SmallUnits, blocks: SmallBlocks));

        lab.Show(new Chart("validation-loss", ("Loss on validation pictures while training", "训练过程中验证图片上的损失"), ("epoch", "轮"), ("cross-entropy", "交叉熵"), run.Lines));
        Generalization.Show(lab,
        [
            (("baseline", "基线"), baseline, $"{run.Pictures}"), (data, more, $"{run.Pictures * MoreData}"), (decay, decayed, FormattableString.Invariant($"{WeightDecay}")),
            (augmentation, augmented, Augment), (stopping, stopped, $"{Patience}"), (smaller, small, $"{SmallUnits}/{Units}, {28 / SmallBlocks} x {28 / SmallBlocks}"),
        ]);
        double narrower = lab.Pick(0.005, 0.01, 0.01), price = lab.Pick(0.06, 0.03, 0.02), any = 1; // of a smaller model the claim says nothing but the gap: it may well underfit
        return
        [
            Generalization.Narrows("more-data-narrows", baseline, data, more, narrower, price),
            Generalization.Narrows("regularization-narrows", baseline, decay, decayed, narrower, price),
            Generalization.Narrows("augmentation-narrows", baseline, augmentation, augmented, narrower, price),
            Generalization.Narrows("early-stopping-narrows", baseline, stopping, stopped, narrower, price),
            Generalization.Narrows("smaller-model-narrows", baseline, smaller, small, narrower, any),
        ];
    }

    private sealed class Trials(LabContext lab, OverfittingRemedies knobs, Dataset all, BatchSource test)
    {
        private readonly List<ChartLine> _lines = [];

        public int Pictures => lab.Pick(Math.Min(knobs.Pictures, 250), knobs.Pictures, knobs.Pictures);

        public IReadOnlyList<ChartLine> Lines => _lines;

        public Generalization Train(Bilingual name, ulong seed, int times = 1, double decay = 0, string augment = "", int patience = 0, int units = Units, int blocks = 1)
        {
            lab.Stage(($"{name.En}, seed {seed}", $"{name.Zh}，种子 {seed}"));
            var (validation, rest) = all.Split((double)lab.Pick(400, 500, 1000) / all.Count, seed);
            var known = LabContext.Some(rest, Pictures, seed);
            var training = times == 1 ? known : LabContext.Some(rest, times * Pictures, seed); // the same order: it holds the baseline's pictures too
            var network = Build(units, blocks, seed);
            ParameterGroup Group(bool matrices, float strength) =>
                new(network.Parameters.Where(parameter => parameter.Shape.Rank > 1 == matrices)) { LearningRate = lab.Pick(0.05f, 0.02f, 0.02f), WeightDecay = strength };
            var optimizer = new Sgd([Group(true, (float)decay), Group(false, 0)], momentum: 0.9f);
            var (batches, watched) = (LabContext.Batches(training, 25, seed, augment: augment), LabContext.Batches(validation, 250));
            int epochs = lab.Pick(60, 60, 100);
            var schedule = new CosineSchedule((long)epochs * batches.Count); // the same for all, also for the one that stops on the way
            var history = patience == 0 ? lab.Fit(network, optimizer, batches, epochs, watched, schedule, name).History : StopEarly(network, optimizer, schedule, batches, epochs, watched, patience);
            if (seed == lab.Seeds[0]) _lines.Add(ChartLine.Counted(name, [.. history.Epochs.Select(epoch => epoch.ValidationLoss ?? double.NaN)]));
            return Generalization.Of(lab, network, LabContext.Batches(training, 250), test);
        }

        // Keeps the weights of the best epoch, as one should, not those of the last.
        private History StopEarly(Layer network, Optimizer optimizer, Schedule schedule, BatchSource batches, int epochs, BatchSource watched, int patience)
        {
            string best = Path.Combine(lab.Folder, "best.safetensors");
            var trainer = new Trainer(network, CrossEntropy.Of, optimizer) { Schedule = schedule, Callbacks = [new EarlyStopping(patience), new KeepBest(best)] };
            var history = trainer.Fit(batches, watched, epochs, cancellation: lab.Cancellation).History;
            lab.Cancellation.ThrowIfCancellationRequested();
            if (knobs.KeepTheBest) network.Load(best);
            File.Delete(best);
            return history;
        }
    }

    private static Sequential Build(int units, int blocks, ulong seed)
    {
        var random = new RandomSource(seed);
        int side = 28 / blocks;
        return new Sequential(new AveragePool2d(blocks), new Flatten(), new Linear(side * side, units, random: random), new Relu(), new Linear(units, 10, random: random));
    }
}
