using System.Globalization;
using Gradus.Layers;
using Gradus.Training;

namespace Gradus.Labs.Sequences;

/// <summary>The gates of a trained LSTM, one by one, forced shut or open: shutting the forget gate destroys its memory, holding it open does not.</summary>
/// <remarks>
/// The LSTM has learned to keep one bit over a gap full of noise (<see cref="LatchTask"/>). A gate is forced by its own parameters: weights 0, bias far below or above 0, so that
/// sigmoid is 0 or 1 whatever comes. Greff et al. 2017, https://arxiv.org/abs/1503.04069, take parts away before training, and find the forget gate and the output activation the most critical.
/// </remarks>
public sealed class GateByGate : Lab
{
    private const int Units = 16, Batch = 50, Test = 1000;
    private const double Far = 20; // sigmoid of it is 1 to 2e-9

    private static readonly (string Name, Bilingual Text, int Place)[] Gates = [("input", ("input gate", "输入门"), 0), ("forget", ("forget gate", "遗忘门"), 1), ("output", ("output gate", "输出门"), 3)];

    [Knob(2, 100, En = "steps between the bit and the question", Zh = "从给出比特到提问的步数")]
    public int Gap { get; init; } = 20;

    [Knob(-20, 20, En = "bias of a gate that is forced shut", Zh = "强行关上的门的偏置")]
    public double ShutBias { get; init; } = -Far;

    [Knob(-20, 20, En = "bias of a gate that is forced open", Zh = "强行打开的门的偏置")]
    public double OpenBias { get; init; } = Far;

    public override Bilingual Title => (
        "Forced gates of a trained LSTM: with the forget gate shut its memory is gone, with it open it stays",
        "强制 LSTM 的门：遗忘门关上，记忆全失；一直开着，记忆还在");

    public override IReadOnlyList<Preset> Presets =>
    [
        new("half-shut", ("Bias 0 instead of -20: the gate lets half pass, which is lost as well after 20 steps: 2 to the power -20.", "偏置取 0 而非 -20：门放过一半，20 步后剩 2 的 -20 次方，同样等于全忘。"), ("shut-bias", "0")),
        new("not-shut", ("The 'shut' gate is open: nothing is forgotten, and the claim fails, as it must.", "所谓“关上”的门其实开着：什么也没忘，论断理应不成立。"), ("shut-bias", "20")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var (inputs, labels) = LatchTask.Make(Test, Gap, seed: ulong.MaxValue);
        var networks = lab.Seeds.ToDictionary(seed => seed, seed => Trained(lab, seed));
        var margins = new List<ChartLine>();
        Arm Accuracy(Bilingual name, int? gate, double bias, bool drawn) => lab.Measure(name, seed =>
        {
            var network = gate is { } place ? Forced(networks[seed], place, bias) : networks[seed];
            if (drawn && seed == lab.Seeds[0]) margins.Add(ChartLine.Counted(name, Margins(network, inputs, labels)));
            return lab.Accuracy(network, new TensorBatches(inputs, labels, Test));
        });

        var intact = Accuracy(("as trained", "训练所得"), null, 0, drawn: true);
        var forced = Gates.Select(gate => (
            gate.Text,
            Shut: Accuracy(($"{gate.Text.En} shut", $"{gate.Text.Zh}关"), gate.Place, ShutBias, gate.Name == "forget"),
            Open: Accuracy(($"{gate.Text.En} open", $"{gate.Text.Zh}开"), gate.Place, OpenBias, gate.Name == "forget"))).ToArray();
        lab.Show(new Chart(
            "margin-by-step", ("How clearly the network would give the right answer, were it asked at each step", "若在各步提问，网络给出正确答案的把握"), ("step", "时间步"), ("logit of the right answer minus the wrong", "正确与错误答案的 logit 之差"), margins));
        lab.Show(new ResultTable(
            "gates", ("Share of right answers with one gate forced; guessing is 0.5", "强制单个门后的正确率；瞎猜为 0.5"), [("gate", "门"), ("shut", "关"), ("as trained", "训练所得"), ("open", "开")],
            [.. forced.Select(gate => (IReadOnlyList<Bilingual>)[gate.Text, Text(gate.Shut.Median), Text(intact.Median), Text(gate.Open.Median)])]));
        var forget = forced[1];
        return
        [
            Verdict.Holds(
                "forget-gate-carries-memory", [intact, forget.Shut, forget.Open],
                Condition.AtLeast(("right answers, as trained", "正确率，训练所得"), intact.Median, 0.95),
                Condition.AtMost(("right answers, forget gate shut", "正确率，遗忘门关"), forget.Shut.Median, 0.6),
                Condition.AtLeast(("right answers, forget gate open", "正确率，遗忘门开"), forget.Open.Median, 0.9)),
        ];
    }

    private LastState Trained(LabContext lab, ulong seed)
    {
        var network = New(seed);
        var (inputs, labels) = LatchTask.Make(lab.Pick(2000, 5000, 5000), Gap, seed);
        RecurrentStart.Keeping(network.Recurrent, 2);
        lab.Cached($"gate-by-gate gap {Gap} seed {seed}", network, () => lab.Fit(
            network, new Adam(network.Parameters, 0.01f) { ClipNorm = 1 }, new TensorBatches(inputs, labels, Batch, shuffle: seed), lab.Pick(8, 8, 16), line: $"LSTM, T = {Gap + 1}"));
        return network;
    }

    private static LastState New(ulong seed)
    {
        var random = new RandomSource(seed);
        return new LastState(new Lstm(LatchTask.Features, Units, random: random), LatchTask.Classes, random);
    }

    // A copy, one gate of which hears nothing and gives sigmoid(bias). Gates stand one below the other, each of as many rows as units.
    private static LastState Forced(LastState trained, int place, double bias)
    {
        var copy = New(seed: 0);
        foreach (var ((_, from), (_, to)) in trained.NamedParameters().Zip(copy.NamedParameters())) from.Span.CopyTo(to.Span);
        foreach (var (name, parameter) in copy.Recurrent.NamedParameters())
        {
            int rows = parameter.Count / (4 * Units);
            parameter.Span.Slice(place * Units * rows, Units * rows).Fill(name.StartsWith("bias_ih", StringComparison.Ordinal) ? (float)bias : 0);
        }

        return copy;
    }

    private static double[] Margins(LastState network, Tensor inputs, IntTensor labels)
    {
        var logits = network.Answer.Forward(network.Recurrent.Forward(inputs));        // [samples, steps, 2]
        var (samples, steps) = (logits.Shape[0], logits.Shape[1]);
        double Margin(int sample, int step)
        {
            int place = (sample * steps + step) * LatchTask.Classes, right = labels.Span[sample];
            return logits.Span[place + right] - logits.Span[place + 1 - right];
        }

        return [.. Enumerable.Range(0, steps).Select(step => Enumerable.Range(0, samples).Average(sample => Margin(sample, step)))];
    }

    private static Bilingual Text(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}
