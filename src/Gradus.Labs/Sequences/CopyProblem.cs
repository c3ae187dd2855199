using Gradus.Layers;
using Gradus.Ops;
using Gradus.Schedules;
using Gradus.Training;
using Gradus.Zoo;
using Linear = Gradus.Layers.Linear;

namespace Gradus.Labs.Sequences;

/// <summary>A few symbols are read, then 50 empty steps, then they are asked for in their order: LSTM and GRU know them, a plain network guesses.</summary>
/// <remarks>
/// A step is one-hot: one of the symbols, nothing, or the mark that asks for the next symbol. What decides is the share of right symbols on unseen sequences;
/// guessing gets one in <see cref="Symbols"/>. All networks start with orthogonal recurrent matrices; the gated ones besides with the gate that keeps the memory biased open. Hochreiter and Schmidhuber 1997; this form: Arjovsky, Shah and Bengio 2016,
/// https://arxiv.org/abs/1511.06464, section 5.1.
/// </remarks>
public sealed class CopyProblem : Lab
{
    private const int Symbols = 8, Batch = 50, Test = 500;
    private const int Nothing = Symbols, Mark = Symbols + 1, Features = Symbols + 2;

    [Knob(1, 100, En = "empty steps between reading and asking; the tiny budget takes at most 15", Zh = "读入与提问之间的空步数；tiny 预算下最多 15 步")]
    public int Gap { get; init; } = 50;

    [Knob(1, 8, En = "symbols to remember; the tiny budget takes 1", Zh = "要记住的符号个数；tiny 预算下为 1")]
    public int Word { get; init; } = 3;

    [Knob(16, 128, En = "hidden units of every network", Zh = "每个网络的隐藏单元数")]
    public int Units { get; init; } = 48;

    [Knob(-8, 8, En = "first bias of the gate that keeps the memory (f of the LSTM, z of the GRU)", Zh = "保持记忆之门（LSTM 的 f、GRU 的 z）的初始偏置")]
    public double KeepBias { get; init; } = 3;

    [Knob(1e-4, 1, En = "learning rate of all networks", Zh = "所有网络的学习率")]
    public double LearningRate { get; init; } = 0.02;

    public override Bilingual Title => (
        "Repeating a word after 50 empty steps: LSTM and GRU can, a plain recurrent network guesses",
        "隔 50 个空步再复述：LSTM 与 GRU 做得到，普通循环网络只能瞎猜");

    public override IReadOnlyList<Preset> Presets =>
    [
        new("no-gap", ("One empty step: the plain network repeats the word as well as the others.", "只隔一步：普通网络复述得和别人一样好。"), ("gap", "1")),
        new("gates-shut", ("The keeping gates start shut: the word is gone before it is asked for, and so is the gradient that would open them.", "保持门一开始就关上：还没问到，符号就丢了；本可把门打开的梯度也一并丢了。"), ("keep-bias", "-6")),
        new("long-word", ("Eight symbols: order and identity of all must fit into one state; it takes far longer to learn.", "八个符号：全部内容与次序要装进同一个状态，学起来慢得多。"), ("word", "8")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        int gap = Math.Min(Gap, lab.Pick(15, 100, 100)), word = Math.Min(Word, lab.Pick(1, 8, 8));
        var curves = new List<ChartLine>();
        Arm Accuracy(Bilingual name, Func<RandomSource, RecurrentLayers> make) => lab.Measure(name, seed => Recall(lab, name, make, gap, word, seed, curves));
        var plain = Accuracy("tanh RNN", random => new Rnn(Features, Units, random: random));
        var lstm = Accuracy("LSTM", random => RecurrentStart.Keeping(new Lstm(Features, Units, random: random), KeepBias));
        var gru = Accuracy("GRU", random => RecurrentStart.Keeping(new Gru(Features, Units, random: random), KeepBias));
        lab.Show(new Chart(
            "loss", ($"Training loss of the copy problem, gap of {gap}; guessing is ln {Symbols} = {Math.Log(Symbols):0.00}", $"复述问题的训练损失，间隔 {gap} 步；瞎猜为 ln {Symbols} = {Math.Log(Symbols):0.00}"),
            ("training step", "训练步"), ("cross-entropy", "交叉熵"), curves));
        Bilingual Right(string name) => ($"share of symbols that the {name} repeats right", $"{name} 复述正确的符号比例");
        double least = lab.Pick(0.8, 0.8, 0.9);
        return
        [
            Verdict.Holds(
                "lstm-copies-over-gaps", [plain, lstm, gru],
                Condition.AtLeast(Right("LSTM"), lstm.Median, least), Condition.AtLeast(Right("GRU"), gru.Median, least),
                Condition.AtMost(Right("tanh RNN"), plain.Median, 0.25)), // guessing: 0.125
        ];
    }

    private double Recall(LabContext lab, Bilingual name, Func<RandomSource, RecurrentLayers> make, int gap, int word, ulong seed, List<ChartLine> curves)
    {
        var random = new RandomSource(seed);
        var network = new Repeater(RecurrentStart.Rotating(make(random), 2, random), word, random);
        var (inputs, labels) = Make(lab.Pick(2000, 4000, 5000), gap, word, seed);
        var batches = new TensorBatches(inputs, labels, Batch, shuffle: seed);
        var objective = Objective.Labels(network, SequenceToSequence.Loss);
        int epochs = lab.Pick(8, 8, 20);
        var training = lab.Fit(
            objective, new Adam(network.Parameters, (float)LearningRate) { ClipNorm = 1 }, batches, epochs,
            schedule: new CosineSchedule((long)epochs * batches.Count), line: seed == lab.Seeds[0] ? name : (Bilingual?)null);
        if (seed == lab.Seeds[0]) curves.Add(training.Line(name));
        if (training.Diverged is not null) return 0;
        (inputs, labels) = Make(Test, gap, word, seed: ulong.MaxValue);
        return new Evaluator(objective).Evaluate(new TensorBatches(inputs, labels, Test), lab.Cancellation).Accuracy ?? 0;
    }

    /// <summary>Sequences <c>[count, word + gap + word, features]</c> and the symbols to repeat <c>[count, word]</c>.</summary>
    private static (Tensor Inputs, IntTensor Labels) Make(int count, int gap, int word, ulong seed)
    {
        var random = new RandomSource(seed);
        int length = word + gap + word;
        var (inputs, labels) = (Tensor.Zeros([count, length, Features]), new int[count * word]);
        for (int i = 0; i < count; i++)
        {
            for (int t = 0; t < length; t++)
            {
                if (t < word) labels[i * word + t] = random.Next(Symbols);
                int shown = t < word ? labels[i * word + t] : t < word + gap ? Nothing : Mark;
                inputs.Span[(i * length + t) * Features + shown] = 1;
            }
        }

        return (inputs, new IntTensor(labels, [count, word]));
    }

    /// <summary>Logits for each of the last steps: <c>[batch, word, symbols]</c>.</summary>
    private sealed class Repeater(RecurrentLayers recurrent, int word, RandomSource random) : Layer
    {
        private readonly RecurrentLayers _recurrent = recurrent;
        private readonly Linear _answer = new(recurrent.Features, Symbols, random: random);

        public override Tensor Forward(Tensor x) => _answer.Forward(_recurrent.Forward(x).Slice(1, -word, word));
    }
}
