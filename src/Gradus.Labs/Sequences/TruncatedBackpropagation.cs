using Gradus.Layers;
using Gradus.Ops;
using Gradus.Training;

namespace Gradus.Labs.Sequences;

/// <summary>Truncated back-propagation through time teaches gaps up to its length; beyond it the error jumps, where full back-propagation still learns.</summary>
/// <remarks>
/// One bit is shown at the first step and asked for at the last (<see cref="LatchTask"/>). The state of the LSTM runs through the whole sequence; the gradient is cut
/// <see cref="Truncation"/> steps before the end. Every point is a network trained anew for its gap. Williams and Peng 1990, https://doi.org/10.1162/neco.1990.2.4.490.
/// </remarks>
public sealed class TruncatedBackpropagation : Lab
{
    private const int Units = 16, Batch = 50, Test = 1000;

    [Knob(1, 60, En = "steps that the gradient goes back", Zh = "梯度回传的步数")]
    public int Truncation { get; init; } = 10;

    [Knob(2, 60, En = "the gap that decides, to be set against the truncation", Zh = "用来判定的间隔，与截断长度相对照")]
    public int Gap { get; init; } = 20;

    public override Bilingual Title => (
        "A gradient cut after 10 steps teaches gaps up to 10; beyond them the error jumps",
        "梯度在 10 步处截断，就只教得会不超过 10 步的间隔；再远误差便陡升");

    public override IReadOnlyList<Preset> Presets =>
    [
        new("long-enough", ("Truncation at 20 steps reaches the bit: the error at gap 20 is gone.", "截断在 20 步，够得着那个比特：间隔 20 时的误差消失了。"), ("truncation", "20")),
        new("one-step", ("A single step back: hardly any gap can be taught.", "只回传一步：几乎什么间隔都教不会。"), ("truncation", "1")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        int[] gaps = lab.Pick<int[]>([Truncation, Gap], [Truncation / 2, Truncation, Truncation + 2, Gap], [Truncation / 2, Truncation - 2, Truncation, Truncation + 1, Truncation + 2, Truncation + 5, Gap]);
        gaps = [.. gaps.Where(gap => gap >= 1).Distinct().Order()];
        var measured = new Dictionary<(int, bool), Arm>();
        foreach (int gap in gaps)
        {
            foreach (bool cut in new[] { true, false })
            {
                Bilingual name = cut ? ($"truncated at {Truncation}, gap {gap}", $"截断于 {Truncation} 步，间隔 {gap}") : ($"full, gap {gap}", $"不截断，间隔 {gap}");
                measured[(gap, cut)] = lab.Measure(name, seed => Error(lab, name, gap, cut ? Truncation : gap, seed));
            }
        }

        ChartLine Line(Bilingual name, bool cut) => new(name, [.. gaps.Select(gap => (double)gap)], [.. gaps.Select(gap => measured[(gap, cut)].Median)]);
        lab.Show(new Chart(
            "error-by-gap", ("Share of wrong answers by gap; guessing is 0.5", "错误率与间隔的关系；瞎猜为 0.5"), ("gap in steps", "间隔（步）"), ("error", "错误率"),
            [Line(($"truncated at {Truncation} steps", $"截断于 {Truncation} 步"), true), Line(("full back-propagation through time", "完整的沿时间反向传播"), false)]));
        var (within, beyond, full) = (measured[(Truncation, true)], measured[(Gap, true)], measured[(Gap, false)]);
        return
        [
            Verdict.Holds(
                "truncation-limits-memory", [within, beyond, full],
                Condition.AtMost(($"error, truncated, gap {Truncation}", $"错误率，截断，间隔 {Truncation}"), within.Median, 0.05),
                Condition.AtLeast(($"error, truncated, gap {Gap}", $"错误率，截断，间隔 {Gap}"), beyond.Median, 0.3),
                Condition.AtMost(($"error, full, gap {Gap}", $"错误率，不截断，间隔 {Gap}"), full.Median, 0.05)),
        ];
    }

    private static double Error(LabContext lab, Bilingual name, int gap, int steps, ulong seed)
    {
        var random = new RandomSource(seed);
        var lstm = new Lstm(LatchTask.Features, Units, random: random);
        RecurrentStart.Keeping(lstm, 1);
        var network = new Truncated(lstm, steps, random);
        var (inputs, labels) = LatchTask.Make(lab.Pick(2000, 5000, 5000), gap, seed);
        lab.Fit(network, new Adam(network.Parameters, 0.01f) { ClipNorm = 1 }, new TensorBatches(inputs, labels, Batch, shuffle: seed), lab.Pick(6, 6, 12), line: seed == lab.Seeds[0] ? name : (Bilingual?)null);
        (inputs, labels) = LatchTask.Make(Test, gap, seed: ulong.MaxValue);
        return 1 - lab.Accuracy(network, new TensorBatches(inputs, labels, Test));
    }

    /// <summary>The state goes on from the first step to the last; the gradient ends where the last steps begin.</summary>
    private sealed class Truncated(Lstm lstm, int steps, RandomSource random) : Layer
    {
        private readonly Lstm _lstm = lstm;
        private readonly Layers.Linear _answer = new(lstm.Features, LatchTask.Classes, random: random);

        public override Tensor Forward(Tensor x)                                        // [n, time, features]
        {
            int before = Math.Max(0, x.Shape[1] - 1 - steps);                           // the last step and as many before it
            if (before == 0) return _answer.Forward(_lstm.Last(x));
            var (_, hidden, cell) = _lstm.Run(x.Slice(1, 0, before));                   // [1, n, units] each
            var (_, last, _) = _lstm.Run(x.Slice(1, before, x.Shape[1] - before), initial: (hidden.Detach(), cell.Detach()));
            return _answer.Forward(last.Reshape(x.Shape[0], _lstm.Hidden));                                 // [n, classes]
        }
    }
}
