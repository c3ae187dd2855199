using System.Globalization;
using Gradus.Layers;
using Gradus.Losses;
using Gradus.Schedules;
using Gradus.Training;

namespace Gradus.Labs.Sequences;

/// <summary>On the adding problem a tanh network learns nothing over 100 steps, LSTM and GRU learn it.</summary>
/// <remarks>
/// Every network has the same number of units and is trained alike: Adam, norm of the gradient clipped at 1, rate annealed by a cosine. What decides is
/// the mean squared error on unseen sequences over that of always answering the mean: 1 is "remembers nothing". The tanh network starts as recurrent layers do by
/// default, uniform in ±1/√units; the gated ones with orthogonal recurrent matrices and the gate that keeps the memory biased open, of which Jozefowicz, Zaremba and Sutskever
/// 2015 ("An empirical exploration of recurrent network architectures") found that it matters most. Hochreiter and Schmidhuber 1997, section 5.4.
/// </remarks>
public sealed class AddingProblem : Lab
{
    private const int Units = 32, Batch = 50;

    [Knob(5, 200, En = "steps of a sequence; the tiny budget takes at most 30", Zh = "序列步数；tiny 预算下最多 30 步")]
    public int Length { get; init; } = 100;

    [Knob(-8, 8, En = "first bias of the gate that keeps the memory (f of the LSTM, z of the GRU)", Zh = "保持记忆之门（LSTM 的 f、GRU 的 z）的初始偏置")]
    public double KeepBias { get; init; } = 4;

    [Knob(1e-4, 1, En = "learning rate of all networks", Zh = "所有网络的学习率")]
    public double LearningRate { get; init; } = 0.01;

    public override Bilingual Title => (
        "Adding two marked numbers 100 steps apart: the tanh network forgets, LSTM and GRU remember",
        "相隔百步的两数相加：tanh 循环网络忘了，LSTM 与 GRU 记得住");

    public override IReadOnlyList<Preset> Presets =>
    [
        new("short", ("Ten steps: now the tanh network learns the sum too. It is the distance that defeats it, not the task.", "只有十步：tanh 网络也学得会。难倒它的是距离，不是任务本身。"), ("length", "10")),
        new("gates-shut", ("The keeping gates start shut, sigmoid(-6) = 0.0025: what is written is gone a step later. The LSTM now learns hardly more than the tanh network; the GRU, one gate of which both keeps and writes, gets it open again.", "保持门一开始就关上，sigmoid(-6) = 0.0025：刚写入的下一步便丢失。LSTM 学到的几乎不比 tanh 网络多；GRU 的保留与写入由同一个门掌管，还能把它重新打开。"), ("keep-bias", "-6")),
        new("rate-of-one", ("A rate a hundred times too large: every step overshoots, and no network comes to rest.", "学习率大了一百倍：步步冲过头，哪个网络都安定不下来。"), ("learning-rate", "1")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        int decisive = Math.Min(Length, lab.Pick(30, 200, 200));
        int[] lengths = lab.Pick<int[]>([decisive], [decisive], [.. new[] { 10, 30, 100, 200, decisive }.Distinct().Order()]);
        (Bilingual Name, Func<RandomSource, RecurrentLayers> Make)[] kinds =
        [
            ("tanh RNN", random => new Rnn(AddingTask.Features, Units, random: random)),
            ("LSTM", random => RecurrentStart.Keeping(RecurrentStart.Rotating(new Lstm(AddingTask.Features, Units, random: random), 1, random), KeepBias)),
            ("GRU", random => RecurrentStart.Keeping(RecurrentStart.Rotating(new Gru(AddingTask.Features, Units, random: random), 1, random), KeepBias)),
        ];
        var (arms, curves) = (new List<Arm>(), new List<ChartLine>());
        foreach (var (name, make) in kinds)
        {
            var error = lab.Measure(name, seed => Error(lab, name, make, decisive, seed, curves));
            arms.Add(error);
        }

        lab.Show(new Chart("loss", ($"Training loss on the adding problem, {decisive} steps", $"加法问题的训练损失，{decisive} 步"), ("training step", "训练步"), ("mean squared error", "均方误差"), curves) { LogY = true });
        if (lengths.Length > 1) ShowLengths(lab, kinds, lengths, decisive, arms);
        Bilingual Over(string name) => ($"error of the {name} over that of the mean, {decisive} steps", $"{name} 误差与“恒答均值”误差之比，{decisive} 步");
        double most = lab.Pick(0.15, 0.1, 0.1);
        return
        [
            Verdict.Holds("plain-rnn-forgets", [arms[0], arms[1]], Condition.AtLeast(Over("tanh RNN"), arms[0].Median, 0.8)),
            Verdict.Holds("gated-networks-remember", arms, Condition.AtMost(Over("LSTM"), arms[1].Median, most), Condition.AtMost(Over("GRU"), arms[2].Median, most)),
        ];
    }

    private double Error(LabContext lab, Bilingual name, Func<RandomSource, RecurrentLayers> make, int length, ulong seed, List<ChartLine>? curves)
    {
        var random = new RandomSource(seed);
        var network = new LastState(make(random), 1, random);
        var (inputs, sums) = AddingTask.Make(lab.Pick(2500, 4000, 5000), length, seed);
        var batches = new TensorBatches(inputs, sums, Batch, shuffle: seed);
        int epochs = lab.Pick(7, 7, 14);
        var training = lab.Fit(
            Objective.Regression(network, MeanSquaredError.Of), new Adam(network.Parameters, (float)LearningRate) { ClipNorm = 1 }, batches, epochs,
            schedule: new CosineSchedule((long)epochs * batches.Count), line: seed == lab.Seeds[0] ? ($"{name.En}, T = {length}", $"{name.Zh}，T = {length}") : (Bilingual?)null);
        if (seed == lab.Seeds[0]) curves?.Add(training.Line(name));
        return training.Diverged is null ? AddingTask.Error(lab, network, length) / AddingTask.ErrorOfTheMean(length) : double.PositiveInfinity;
    }

    // The distance that decides has all seeds; the others have the first.
    private void ShowLengths(LabContext lab, (Bilingual Name, Func<RandomSource, RecurrentLayers> Make)[] kinds, int[] lengths, int decisive, List<Arm> arms)
    {
        var lines = kinds.Select((kind, i) => new ChartLine(kind.Name, [.. lengths.Select(length => (double)length)],
            [.. lengths.Select(length => length == decisive ? arms[i].Median : Error(lab, kind.Name, kind.Make, length, lab.Seeds[0], null))])).ToArray();
        lab.Show(new Chart("error-by-length", ("Error on the adding problem over that of always answering the mean", "加法问题的误差与“恒答均值”误差之比"), ("steps of a sequence", "序列步数"), ("relative error", "相对误差"), lines) { LogX = true, LogY = true });
        lab.Show(new ResultTable(
            "error-by-length", ("Error over that of always answering the mean", "误差与“恒答均值”误差之比"), [("steps", "步数"), .. kinds.Select(kind => kind.Name)],
            [.. lengths.Select((length, place) => (IReadOnlyList<Bilingual>)[Text(length), .. lines.Select(line => Text(line.Y[place]))])]));
    }

    private static Bilingual Text(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
