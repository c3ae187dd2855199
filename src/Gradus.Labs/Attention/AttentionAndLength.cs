using Gradus.Schedules;
using Gradus.Zoo;

namespace Gradus.Labs.Attention;

/// <summary>Sequence to sequence with and without attention: as sources grow, what must pass through one state is lost, what is looked up is not.</summary>
/// <remarks>
/// The task is to reverse random digits. Encoder and decoder are LSTMs of the same size in all arms; without attention the decoder knows the source from the encoder's last state alone
/// (Sutskever, Vinyals and Le 2014), with it, its states ask all of the encoder's (Luong, Pham and Manning 2015, https://arxiv.org/abs/1508.04025). Models are trained on all lengths at once and decode greedily. That the fixed state is
/// the bottleneck was the motive of Bahdanau, Cho and Bengio 2015, https://arxiv.org/abs/1409.0473.
/// </remarks>
public sealed class AttentionAndLength : Lab
{
    private const int Width = 16, Batch = 50, Test = 200;

    [Knob(4, 40, En = "the longest source; the tiny budget takes at most 10", Zh = "最长的源序列；tiny 预算下最多 10")]
    public int Longest { get; init; } = 24;

    [Knob(8, 128, En = "hidden units of encoder and decoder", Zh = "编码器与解码器的隐藏单元数")]
    public int Units { get; init; } = 48;

    [Knob(En = "holds the attention's weights uniform, so that every step looks at the mean of the source", Zh = "让注意力权重恒为均匀，每一步只看到源序列的平均")]
    public bool Uniform { get; init; }

    public override Bilingual Title => (
        "Reversing longer and longer sources: with attention the accuracy stays, without it it falls",
        "源序列越来越长：有注意力，正确率不降；没有，便一路下滑");

    public override IReadOnlyList<Preset> Presets =>
    [
        new("uniform", ("Attention that cannot choose: the mean of the source tells which digits there were, not where. It helps little.", "不会挑选的注意力：源序列的平均只说明有哪些数字，不说明在哪里，帮助甚微。"), ("uniform", "true")),
        new("short", ("At most five digits: a state of 48 numbers holds them, and attention is not needed.", "至多五个数字：48 维的状态装得下，用不着注意力。"), ("longest", "5")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        int longest = Math.Min(Longest, lab.Pick(10, 40, 40));
        int[] lengths = [.. Enumerable.Range(1, 4).Select(part => Math.Max(1, part * longest / 4)).Distinct()];
        var (lines, curves) = (new List<ChartLine>(), new List<ChartLine>());
        Arm Accuracy(Bilingual name, Func<RandomSource, SequenceToSequence> make) => lab.Measure(name, seed =>
        {
            var model = make(new RandomSource(seed));
            Train(lab, model, name, longest, seed, curves);
            double[] shares = [.. lengths.Select(length => ReversalTask.Accuracy(model, ReversalTask.Make(Test, length, length, seed: ulong.MaxValue - (ulong)length)))];
            if (seed == lab.Seeds[0]) lines.Add(new ChartLine(name, [.. lengths.Select(length => (double)length)], shares));
            return shares[^1];
        });

        var with = Accuracy(("with attention", "有注意力"), random => new MultiplicativeSequenceToSequence(ReversalTask.Vocabulary, ReversalTask.Vocabulary, Width, Units, dropout: 0, random: random));
        var without = Accuracy(("without attention", "无注意力"), random => new PlainSequenceToSequence(ReversalTask.Vocabulary, ReversalTask.Vocabulary, Width, Units, dropout: 0, random: random));
        lab.Show(new Chart("accuracy-by-length", ("Digits given back at their place, by length of the source", "复原到位的数字比例与源序列长度"), ("length of the source", "源序列长度"), ("share of right tokens", "正确比例"), lines));
        lab.Show(new Chart("loss", ("Training loss", "训练损失"), ("training step", "训练步"), ("cross-entropy", "交叉熵"), curves));
        return
        [
            Verdict.Holds(
                "attention-keeps-accuracy-at-length", [with, without],
                Condition.AtLeast(($"right tokens with attention minus without, {longest} digits", $"正确率之差（有注意力减无注意力），{longest} 个数字"), with.Median - without.Median, 0.2),
                Condition.AtLeast(($"right tokens with attention, {longest} digits", $"正确率，有注意力，{longest} 个数字"), with.Median, lab.Pick(0.6, 0.7, 0.9))),
        ];
    }

    private void Train(LabContext lab, SequenceToSequence model, Bilingual name, int longest, ulong seed, List<ChartLine> curves)
    {
        var learned = model.NamedParameters().ToList();
        if (Uniform) Hold(learned);
        var batches = ReversalTask.Batches(ReversalTask.Make(lab.Pick(1600, 4000, 10_000), 1, longest, seed), Batch, shuffle: seed);
        int epochs = lab.Pick(5, 5, 6);
        var run = lab.Fit(
            ReversalTask.Objective(model), new Adam(learned.Select(named => named.Parameter), 0.01f) { ClipNorm = 1 }, batches, epochs,
            schedule: new CosineSchedule((long)epochs * batches.Count), line: seed == lab.Seeds[0] ? name : (Bilingual?)null);
        if (seed == lab.Seeds[0]) curves.Add(run.Line(name));
    }

    // Scores h · W m with W = 0 are all alike, and W is not trained.
    private static void Hold(List<(string Name, Parameter Parameter)> parameters)
    {
        foreach (var (_, weight) in parameters.Where(named => named.Name.StartsWith("attention.", StringComparison.Ordinal))) weight.Span.Clear();
        parameters.RemoveAll(named => named.Name.StartsWith("attention.", StringComparison.Ordinal));
    }
}
