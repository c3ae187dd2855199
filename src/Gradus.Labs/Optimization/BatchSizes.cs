using System.Diagnostics;
using System.Numerics.Tensors;
using Gradus.Data;
using Gradus.Graph;
using Gradus.Layers;
using Gradus.Losses;
using Gradus.Training;

namespace Gradus.Labs.Optimization;

/// <summary>The variance of a batch's gradient is that of one sample over the batch size; and a mini-batch reaches a given loss sooner than single samples and than the whole set.</summary>
/// <remarks>
/// Softmax regression on Fashion-MNIST, whose loss is convex: no arm can be caught in a bad place. The variance is the mean squared distance between gradients of batches drawn with replacement and the
/// gradient of the whole set, at the same weights. The time is that of the steps until the loss over the whole set is below the target; the arms take turns, a slice of time each. Each arm has the best of several
/// learning rates. Under the smallest budget numbers moved between memory and processor are counted instead of seconds: a step moves all
/// weights five times whatever its batch, which is what single samples pay for (their multiply-adds are no more than a mini-batch's, which is why those are not counted). Bottou, Curtis and Nocedal 2018,
/// https://arxiv.org/abs/1606.04838, sections 3 and 4.
/// </remarks>
public sealed class BatchSizes : Lab
{
    private const int Weights = 28 * 28 * 10 + 10;

    [Knob(1, 512, En = "samples in a mini-batch", Zh = "小批量的样本数")]
    public int MiniBatch { get; init; } = 32;

    [Knob(En = "draws the same samples for every batch of one size, as a loader that forgets to shuffle does", Zh = "同一大小的每个批次都抽到相同样本，如同忘记打乱的数据加载器")]
    public bool SameSamples { get; init; }

    public override Bilingual Title => (
        "Gradient noise falls as one over the batch size; a mini-batch is the fastest way to a given loss",
        "梯度噪声与批量大小成反比；小批量最快达到给定损失");

    public override IReadOnlyList<string> Data => [Sets.Fashion];

    public override IReadOnlyList<Preset> Presets =>
    [
        new("huge-mini-batch", ("512 samples a step: nearer to the whole set, and slower on the way.", "每步 512 个样本：更接近全批量，也更慢。"), ("mini-batch", "512")),
        new("tiny-mini-batch", ("Two samples a step: all the overhead of single samples.", "每步两个样本：单样本的全部额外开销都在。"), ("mini-batch", "2")),
        new("never-shuffled", ("Each batch holds the same samples: a larger one is no better estimate in the way chance makes it, and the law is gone.", "每个批次都是同一些样本：规律所依赖的随机性没有了。"), ("same-samples", "true")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var (all, _) = lab.Load(Sets.Fashion);
        var training = LabContext.Some(all, lab.Pick(1000, 3000, 5000), seed: 0);
        var (inputs, labels) = LabContext.Samples(training, Normalization.Of(training));
        return [Noise(lab, inputs, labels), Time(lab, inputs, labels)];
    }

    private Verdict Noise(LabContext lab, Tensor inputs, IntTensor labels)
    {
        int[] sizes = [1, 2, 4, 8, 16, 32, 64, 128];
        int draws = lab.Pick(60, 150, 400);
        var variances = sizes.Select(_ => new double[lab.Seeds.Count]).ToArray();
        var slope = lab.Measure(("slope of log variance against log batch size", "对数方差对批量对数的斜率"), seed =>
        {
            var model = Model(seed);
            float[] whole = Gradient(model, inputs, labels);
            for (int size = 0; size < sizes.Length; size++) variances[size][lab.Seeds.ToList().IndexOf(seed)] = Variance(model, inputs, labels, whole, sizes[size], draws, seed);
            return Slope([.. sizes.Select(size => Math.Log(size))], [.. variances.Select(values => Math.Log(values[lab.Seeds.ToList().IndexOf(seed)]))]);
        });

        Arm[] arms = [slope, .. sizes.Select((size, i) => new Arm(($"variance, batches of {size}", $"方差，批量 {size}"), variances[i]))];
        double[] x = [.. sizes.Select(size => (double)size)];
        lab.Show(new Chart(
            "noise-by-batch-size", ("Variance of the gradient", "梯度的方差"), ("batch size", "批量大小"), ("variance", "方差"),
            [new ChartLine(("measured", "测得"), x, [.. arms.Skip(1).Select(arm => arm.Median)]), new ChartLine(("that of one sample over the batch size", "单样本方差除以批量"), x, [.. x.Select(size => arms[1].Median / size)])])
        { LogX = true, LogY = true });
        return Verdict.Holds("noise-falls-with-batch-size", arms, Condition.Within(slope.Name, slope.Median, -1, 0.1));
    }

    private double Variance(Layer model, Tensor inputs, IntTensor labels, float[] whole, int size, int draws, ulong seed)
    {
        var random = new RandomSource(seed + 10);
        double sum = 0;
        for (int draw = 0; draw < draws; draw++)
        {
            if (SameSamples) random = new RandomSource(seed + 10);
            var batch = TensorBatch(inputs, labels, [.. Enumerable.Range(0, size).Select(_ => random.Next(labels.Span.Length))]);
            float distance = TensorPrimitives.Distance<float>(Gradient(model, batch.Inputs, batch.Labels), whole);
            sum += (double)distance * distance;
        }

        return sum / draws;
    }

    private Verdict Time(LabContext lab, Tensor inputs, IntTensor labels)
    {
        bool counts = lab.Budget == Budget.Tiny;
        int all = labels.Span.Length;
        double target = lab.Pick(0.55, 0.5, 0.5), patience = lab.Pick(0.15, 0.7, 8);
        (Bilingual Name, int Batch, float[] Rates)[] ways =
        [
            (("single samples", "单样本"), 1, [0.0003f, 0.001f, 0.003f]), (($"mini-batches of {MiniBatch}", $"小批量 {MiniBatch}"), MiniBatch, [0.003f, 0.01f, 0.03f]), (("the whole set", "全批量"), all, [0.01f, 0.03f, 0.1f]),
        ];
        var costs = ways.Select(_ => new double[lab.Seeds.Count]).ToArray();
        var curves = new ChartLine[ways.Length];
        for (int i = 0; i < lab.Seeds.Count; i++)
        {
            lab.Stage(($"time to a loss of {target}, seed {lab.Seeds[i]}", $"达到损失 {target} 的时间，种子 {lab.Seeds[i]}"));
            Race[][] races = [.. ways.Select(way => way.Rates.Select(rate => new Race(inputs, labels, way.Batch, rate, lab.Seeds[i], target, counts)).ToArray())];
            while (races.SelectMany(way => way).Any(race => !race.Over(patience * (counts ? 1e10 : 1))))
            {
                lab.Cancellation.ThrowIfCancellationRequested();
                foreach (var race in races.SelectMany(way => way).Where(race => !race.Over(patience * (counts ? 1e10 : 1)))) race.Run();
            }

            for (int way = 0; way < ways.Length; way++)
            {
                var best = races[way].MinBy(race => race.Cost)!;
                costs[way][i] = double.IsFinite(best.Cost) ? best.Cost : races[way].Max(race => race.Spent); // not reached: it took longer than that
                curves[way] ??= new ChartLine(ways[way].Name, best.At, best.Losses);
            }
        }

        Bilingual unit = counts ? ("numbers moved", "搬运的数") : ("seconds", "秒");
        lab.Show(new Chart("loss-by-cost", ("Loss over the whole set on the way to the target", "到达目标途中全体样本上的损失"), unit, ("loss", "损失"), curves) { LogX = true });
        Arm[] arms = [.. ways.Select((way, i) => new Arm(way.Name, costs[i]))];
        return Verdict.Holds("mini-batch-is-fastest", arms,
            Condition.AtMost(($"{unit.En}, mini-batch over single samples", $"{unit.Zh}：小批量与单样本之比"), arms[1].Median / arms[0].Median, 0.9),
            Condition.AtMost(($"{unit.En}, mini-batch over the whole set", $"{unit.Zh}：小批量与全批量之比"), arms[1].Median / arms[2].Median, 0.9));
    }

    /// <summary>A training on the way to a loss, in slices.</summary>
    private sealed class Race
    {
        private readonly Layer _model;
        private readonly TrainingStep _step;
        private readonly IEnumerator<TrainingBatch> _batches;
        private readonly Evaluator _evaluator;
        private readonly TensorBatches _whole;
        private readonly int _batch;
        private readonly double _target;
        private readonly bool _counts;

        public Race(Tensor inputs, IntTensor labels, int batch, float rate, ulong seed, double target, bool counts)
        {
            (_batch, _target, _counts, _model) = (batch, target, counts, Model(seed));
            _step = TrainingStep.Capture(_model, CrossEntropy.Of, new Sgd(_model.Parameters, rate));
            _batches = Forever(new TensorBatches(inputs, labels, batch, seed)).GetEnumerator();
            _whole = new TensorBatches(inputs, labels, 1000);
            _evaluator = new Evaluator(Objective.Labels(_model, CrossEntropy.Of));
            Warm(inputs, labels, batch, seed);
        }

        public double Spent { get; private set; }

        /// <summary>What it took to the target; infinite before.</summary>
        public double Cost { get; private set; } = double.PositiveInfinity;

        public List<double> At { get; } = [];

        public List<double> Losses { get; } = [];

        public bool Over(double patience) => double.IsFinite(Cost) || Spent > patience || (Losses.Count > 0 && !double.IsFinite(Losses[^1]));

        /// <summary>Some steps, whose cost counts, and a look at the loss, whose does not.</summary>
        public void Run()
        {
            int steps = Math.Max(1, 512 / _batch);
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < steps; i++)
            {
                _batches.MoveNext();
                _step.Run(_batches.Current.Inputs, _batches.Current.Labels);
            }

            Spent += _counts ? (double)steps * (5 * Weights + 2 * _batch * 28 * 28) : Stopwatch.GetElapsedTime(start).TotalSeconds;
            At.Add(Spent);
            Losses.Add(_evaluator.Evaluate(_whole).Loss);
            if (Losses[^1] <= _target) Cost = Spent;
        }

        // The capture of the step is no part of the training's cost: the plan is made first, and the weights put back.
        private void Warm(Tensor inputs, IntTensor labels, int batch, ulong seed)
        {
            var values = _model.Parameters.Select(parameter => parameter.ToArray()).ToArray();
            using var batches = new TensorBatches(inputs, labels, batch, seed).Epoch(0).GetEnumerator();
            for (int i = 0; i < 3 && batches.MoveNext(); i++) _step.Run(batches.Current.Inputs, batches.Current.Labels);
            for (int i = 0; i < values.Length; i++) values[i].CopyTo(_model.Parameters[i].Span);
        }

        private static IEnumerable<TrainingBatch> Forever(TensorBatches batches)
        {
            for (long epoch = 0; ; epoch++)
                foreach (var batch in batches.Epoch(epoch)) yield return batch;
        }
    }

    private static Sequential Model(ulong seed)
    {
        var linear = new Linear(28 * 28, 10, random: new RandomSource(seed));
        TensorPrimitives.Multiply(linear.Weight.Span, 0.1f, linear.Weight.Span); // near the uniform answer
        return new Sequential(new Flatten(), linear);
    }

    private static float[] Gradient(Layer model, Tensor inputs, IntTensor labels)
    {
        foreach (var parameter in model.Parameters) parameter.Gradient = null;
        CrossEntropy.Of(model.Forward(inputs), labels).Backward();
        return [.. model.Parameters.SelectMany(parameter => parameter.Gradient!.ToArray())];
    }

    private static (Tensor Inputs, IntTensor Labels) TensorBatch(Tensor inputs, IntTensor labels, int[] samples)
    {
        int length = inputs.Count / labels.Span.Length;
        var batch = Tensor.Zeros([samples.Length, length]);
        for (int i = 0; i < samples.Length; i++) inputs.Span.Slice(samples[i] * length, length).CopyTo(batch.Span[(i * length)..]);
        var all = labels.Span.ToArray();
        return (batch, new IntTensor([.. samples.Select(sample => all[sample])]));
    }

    // of the least squares line
    private static double Slope(double[] x, double[] y)
    {
        double centreX = x.Average(), centreY = y.Average();
        return x.Zip(y, (a, b) => (a - centreX) * (b - centreY)).Sum() / x.Sum(a => (a - centreX) * (a - centreX));
    }
}
