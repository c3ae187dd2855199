using Gradus.Layers;
using Gradus.Ops;
using Gradus.Schedules;
using Gradus.Training;
using Gradus.Zoo;
using Linear = Gradus.Layers.Linear;

namespace Gradus.Labs.Programming;

/// <summary>Which of two events came first: a ReLU network and an LSTM read it from sequences of 10 steps of 3 features, a network over the bag of steps cannot.</summary>
/// <remarks>
/// Every sequence holds a pulse in the first feature and one in the second, at two different steps, and noise; the class is which came first. Both classes hold the same
/// steps, in other orders. The recurrent networks are the zoo's <c>sequence-rnn</c> (10 ReLU units) and <c>sequence-lstm</c> (10 units). The baseline applies one network to each step and
/// averages: it may compute anything of the steps but their order. Elman 1990, https://doi.org/10.1207/s15516709cog1402_1; bags: Zaheer et al. 2017, https://arxiv.org/abs/1703.06114.
/// </remarks>
public sealed class OrderMatters : Lab
{
    private const int Steps = 10, Features = 3, Classes = 2, Batch = 50, Test = 1000;

    [Knob(0, 2, En = "deviation of the noise on every feature", Zh = "每个特征上噪声的标准差")]
    public double Noise { get; init; } = 0.1;

    [Knob(En = "whether the steps of every sequence are put into a random order", Zh = "是否把每条序列的时间步随机打乱")]
    public bool Shuffle { get; init; }

    public override Bilingual Title => (
        "Which came first: RNN and LSTM read the order of 10 steps, a bag of the same steps cannot",
        "谁先谁后：RNN 与 LSTM 读得出 10 步的次序，同样这些步装进一个“袋子”就读不出");

    public override IReadOnlyList<Preset> Presets =>
    [
        new("shuffled", ("The steps in random order: the information is gone, and every network guesses.", "时间步打乱：信息没了，谁都只能猜。"), ("shuffle", "true")),
        new("noisy", ("Noise as large as the pulses: pulses are mistaken, and even a perfect reader of order errs.", "噪声与脉冲一样大：脉冲本身都认不准，读次序读得再好也会错。"), ("noise", "1")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var curves = new List<ChartLine>();
        Arm Accuracy(Bilingual name, float rate, Func<RandomSource, Layer> make) => lab.Measure(name, seed =>
        {
            var network = make(new RandomSource(seed));
            var (inputs, labels) = Make(lab.Pick(2000, 4000, 8000), seed);
            var batches = new TensorBatches(inputs, labels, Batch, shuffle: seed);
            int epochs = lab.Pick(12, 12, 15);
            var run = lab.Fit(
                network, new Adam(network.Parameters, rate) { ClipNorm = 1 }, batches, epochs,
                schedule: new CosineSchedule((long)epochs * batches.Count), line: seed == lab.Seeds[0] ? name : (Bilingual?)null);
            if (seed == lab.Seeds[0]) curves.Add(run.Line(name));
            (inputs, labels) = Make(Test, seed: ulong.MaxValue);
            return run.Diverged is null ? lab.Accuracy(network, new TensorBatches(inputs, labels, Test)) : 0;
        });

        var rnn = Accuracy(("RNN, ReLU", "RNN，ReLU"), 0.01f, random => Architectures.Get("sequence-rnn").Build([Steps, Features], Classes, random));
        var lstm = Accuracy("LSTM", 0.02f, random => Architectures.Get("sequence-lstm").Build([Steps, Features], Classes, random));
        var bag = Accuracy(("bag of steps", "步之袋"), 0.01f, random => new BagOfSteps(random));
        lab.Show(new Chart("loss", ("Training loss; guessing is ln 2 = 0.69", "训练损失；瞎猜为 ln 2 = 0.69"), ("training step", "训练步"), ("cross-entropy", "交叉熵"), curves));
        Bilingual Right(Bilingual name) => ($"test accuracy, {name.En}", $"测试正确率，{name.Zh}");
        double least = lab.Pick(0.9, 0.93, 0.95);
        return
        [
            Verdict.Holds(
                "rnn-and-lstm-read-order", [rnn, lstm, bag],
                Condition.AtLeast(Right(rnn.Name), rnn.Median, least), Condition.AtLeast(Right(lstm.Name), lstm.Median, least), Condition.AtMost(Right(bag.Name), bag.Median, 0.6)),
        ];
    }

    /// <summary>Sequences <c>[count, 10, 3]</c> and whether the first feature's pulse came first <c>[count]</c>.</summary>
    private (Tensor Inputs, IntTensor Labels) Make(int count, ulong seed)
    {
        var random = new RandomSource(seed);
        var (inputs, labels) = (Tensor.Zeros([count, Steps, Features]), new int[count]);
        random.Normal(inputs.Span, 0, (float)Noise);
        for (int i = 0; i < count; i++)
        {
            int[] order = random.Permutation(Steps);
            inputs.Span[(i * Steps + order[0]) * Features] += 1;
            inputs.Span[(i * Steps + order[1]) * Features + 1] += 1;
            labels[i] = order[0] < order[1] ? 1 : 0;
            if (Shuffle) Reorder(inputs.Span.Slice(i * Steps * Features, Steps * Features), random.Permutation(Steps));
        }

        return (inputs, new IntTensor(labels));
    }

    private static void Reorder(Span<float> sequence, int[] order)
    {
        float[] before = sequence.ToArray();
        for (int t = 0; t < Steps; t++) before.AsSpan(order[t] * Features, Features).CopyTo(sequence[(t * Features)..]);
    }

    private sealed class BagOfSteps(RandomSource random) : Layer
    {
        private readonly Sequential _step = new(new Linear(Features, 32, random: random), new Layers.Relu(), new Linear(32, 32, random: random), new Layers.Relu());
        private readonly Linear _answer = new(32, Classes, random: random);

        public override Tensor Forward(Tensor x) => _answer.Forward(_step.Forward(x).Mean(1)); // [n, 10, 3] to [n, 2]
    }
}
