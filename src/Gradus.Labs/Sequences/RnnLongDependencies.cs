using Gradus.Layers;
using Gradus.Losses;
using Gradus.Schedules;
using Gradus.Training;

namespace Gradus.Labs.Sequences;

/// <summary>"RNNs handle long dependencies": a tanh network with the usual start does not; a ReLU network that starts as the identity does.</summary>
/// <remarks>
/// The adding problem again (<see cref="AddingProblem"/>), two plain networks, no gates: all that differs is the start, U = I with ReLU against uniform in ±1/√units with
/// tanh. The tanh network may take the better of two rates. The exception shows where the fault lies: not in what a recurrence can represent, but in the product of
/// Jacobians that it is trained through. Le, Jaitly and Hinton 2015, https://arxiv.org/abs/1504.00941.
/// </remarks>
public sealed class RnnLongDependencies : Lab
{
    private const int Batch = 20;

    [Knob(5, 200, En = "steps of a sequence; the tiny budget takes at most 30", Zh = "序列步数；tiny 预算下最多 30 步")]
    public int Length { get; init; } = 100;

    [Knob(0.1, 1.2, En = "multiplies the identity that the ReLU network starts from", Zh = "ReLU 网络初始单位阵的倍数")]
    public double IdentityScale { get; init; } = 1;

    [Knob(16, 128, En = "hidden units of both networks", Zh = "两个网络的隐藏单元数")]
    public int Units { get; init; } = 48;

    public override Bilingual Title => (
        "A plain RNN and long dependencies: the usual start fails at 100 steps, the identity as a start succeeds",
        "普通循环网络与长距离依赖：常规初始化在百步上失败，单位阵初始化却能成功");

    public override IReadOnlyList<Preset> Presets =>
    [
        new("short", ("Ten steps: the tanh network handles them. Short dependencies are not the question.", "只有十步：tanh 网络应付得了。短依赖本来就不成问题。"), ("length", "10")),
        new("a-third", ("U = 0.3 I: less than a third of what is stored is left after each step, and the exception is one no more.", "U = 0.3 I：存下的内容每步剩不到三分之一，例外便不再是例外。"), ("identity-scale", "0.3")),
        new("above-one", ("U = 1.1 I: the state grows 14,000-fold in 100 steps; clipping keeps it from diverging, not from being hard.", "U = 1.1 I：百步之内状态放大一万四千倍；裁剪能防发散，却不会让它好学。"), ("identity-scale", "1.1")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        int length = Math.Min(Length, lab.Pick(30, 200, 200));
        var curves = new List<ChartLine>();
        double Error(Bilingual name, Func<RandomSource, RecurrentLayers> make, float rate, ulong seed)
        {
            var random = new RandomSource(seed);
            var network = new LastState(make(random), 1, random);
            var (inputs, sums) = AddingTask.Make(lab.Pick(5000, 10_000, 20_000), length, seed);
            var batches = new TensorBatches(inputs, sums, Batch, shuffle: seed);
            int epochs = lab.Pick(3, 3, 3);
            var training = lab.Fit(
                Objective.Regression(network, MeanSquaredError.Of), new Adam(network.Parameters, rate) { ClipNorm = 1 }, batches, epochs,
                schedule: new CosineSchedule((long)epochs * batches.Count), line: seed == lab.Seeds[0] ? name : (Bilingual?)null);
            if (seed == lab.Seeds[0]) curves.Add(training.Line(name));
            return training.Diverged is null ? AddingTask.Error(lab, network, length) / AddingTask.ErrorOfTheMean(length) : double.PositiveInfinity;
        }

        float[] rates = [0.01f, 0.001f];
        var tanh = lab.Measure(("tanh, default start", "tanh，默认初始化"), seed => rates.Min(rate => Error(($"tanh, rate {rate:G}", $"tanh，学习率 {rate:G}"), random => new Rnn(AddingTask.Features, Units, random: random), rate, seed)));
        var identity = lab.Measure(("ReLU, identity start", "ReLU，单位阵初始化"), seed => Error(
            ("ReLU, identity", "ReLU，单位阵"), random => RecurrentStart.Identity(new Rnn(AddingTask.Features, Units, relu: true, random: random), IdentityScale, 0.1f, random), lab.Pick(2e-3f, 1e-3f, 1e-3f), seed));
        lab.Show(new Chart("loss", ($"Training loss on the adding problem, {length} steps", $"加法问题的训练损失，{length} 步"), ("training step", "训练步"), ("mean squared error", "均方误差"), curves) { LogY = true });
        var remembersNothing = Condition.AtLeast(($"error of the tanh network over that of the mean, {length} steps", $"tanh 网络误差与“恒答均值”误差之比，{length} 步"), tanh.Median, 0.8);
        return
        [
            Verdict.Refutes("rnn-handles-long-dependencies", [tanh, identity], remembersNothing),
            Verdict.Holds(
                "identity-rnn-is-the-exception", [identity, tanh],
                Condition.AtMost(("error of the identity ReLU network over that of the mean", "单位阵 ReLU 网络误差与“恒答均值”误差之比"), identity.Median, lab.Pick(0.3, 0.2, 0.1)), remembersNothing),
        ];
    }
}
