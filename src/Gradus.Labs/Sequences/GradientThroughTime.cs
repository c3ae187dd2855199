using Gradus.Layers;
using Gradus.Losses;

namespace Gradus.Labs.Sequences;

/// <summary>The gradient of a loss at the end of a sequence, step by step backwards: it fades in a tanh network, and passes an LSTM whose forget gates are open.</summary>
/// <remarks>
/// Nothing is trained. Measured is the norm of the gradient of the loss, which reads the last state alone, with respect to the input at every step; what decides is that of
/// the first step over that of the last. Bengio, Simard and Frasconi 1994, https://doi.org/10.1109/72.279181; Pascanu, Mikolov and Bengio 2013, https://arxiv.org/abs/1211.5063.
/// </remarks>
public sealed class GradientThroughTime : Lab
{
    private const int Features = 8, Units = 64, Samples = 32;

    [Knob(5, 200, En = "steps of a sequence", Zh = "序列步数")]
    public int Length { get; init; } = 100;

    [Knob(-4, 8, En = "bias of the LSTM's forget gate", Zh = "LSTM 遗忘门的偏置")]
    public double ForgetBias { get; init; } = 4;

    public override Bilingual Title => (
        "Back through 100 steps: the gradient of a tanh network fades to nothing, an LSTM's passes its open forget gates",
        "回传 100 步：tanh 循环网络的梯度消失殆尽，LSTM 的梯度则穿过打开的遗忘门");

    public override IReadOnlyList<Preset> Presets =>
    [
        new("half-open", ("Forget gates near 1/2, as without a bias: the LSTM's gradient halves at every step, 100 times, and is gone too.", "遗忘门约为 1/2，即不加偏置：LSTM 的梯度每步减半，减上百次，同样消失。"), ("forget-bias", "0")),
        new("shut", ("Forget gates shut: no step hears anything from behind the next.", "遗忘门关上：隔一步就什么都传不过来。"), ("forget-bias", "-4")),
        new("ten-steps", ("Ten steps: a tanh network loses some factors, but something is left to learn from.", "只有十步：tanh 网络虽有损失，剩下的梯度还够学习。"), ("length", "10")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var profiles = new List<ChartLine>();
        Arm Ratio(Bilingual name, Func<RandomSource, RecurrentLayers> make) => lab.Measure(name, seed =>
        {
            double[] norms = Norms(make, seed);
            if (seed == lab.Seeds[0]) profiles.Add(ChartLine.Counted(name, norms));
            return norms[0] / norms[^1];
        });

        var tanh = Ratio("tanh RNN", random => new Rnn(Features, Units, random: random));
        var unbiased = Ratio(("LSTM, default biases", "LSTM，默认偏置"), random => new Lstm(Features, Units, random: random));
        var lstm = Ratio(($"LSTM, forget bias {ForgetBias}", $"LSTM，遗忘门偏置 {ForgetBias}"), random => RecurrentStart.Keeping(new Lstm(Features, Units, random: random), ForgetBias));
        Ratio(($"GRU, update bias {ForgetBias}", $"GRU，更新门偏置 {ForgetBias}"), random => RecurrentStart.Keeping(new Gru(Features, Units, random: random), ForgetBias));
        Ratio(("ReLU RNN, identity", "ReLU RNN，单位阵"), random => RecurrentStart.Identity(new Rnn(Features, Units, relu: true, random: random), 1, 0.1f, random));
        lab.Show(new Chart(
            "gradient-by-step", ("Norm of the gradient with respect to each step's input; the loss reads the last state", "损失（只取决于末状态）对各步输入的梯度范数"), ("step", "时间步"), ("gradient norm", "梯度范数"), profiles)
        { LogY = true });
        Bilingual Over(Bilingual name) => ($"{name.En}: gradient norm at the first step over the last", $"{name.Zh}：首步与末步梯度范数之比");
        return
        [
            Verdict.Holds(
                "gradient-fades-through-time", [tanh, lstm, unbiased],
                Condition.AtMost(Over(tanh.Name), tanh.Median, 1e-4), Condition.AtLeast(Over(lstm.Name), lstm.Median, 1e-2)),
        ];
    }

    private double[] Norms(Func<RandomSource, RecurrentLayers> make, ulong seed)
    {
        var random = new RandomSource(seed);
        var network = new LastState(make(random), 1, random);
        var (inputs, targets) = (Tensor.Zeros([Samples, Length, Features]), Tensor.Zeros([Samples, 1]));
        random.Normal(inputs.Span);
        random.Normal(targets.Span);
        inputs.RequiresGradient = true;
        MeanSquaredError.Of(network.Forward(inputs), targets).Backward();
        return [.. Enumerable.Range(0, Length).Select(step => Norm(inputs.Gradient!, step))];
    }

    private static double Norm(Tensor gradient, int step)                           // [samples, length, features]
    {
        double squares = 0;
        int length = gradient.Shape[1];
        for (int i = 0; i < Samples; i++)
        {
            foreach (float slope in gradient.Span.Slice((i * length + step) * Features, Features)) squares += (double)slope * slope; // 1e-30 squared is no float
        }

        return Math.Sqrt(squares);
    }
}
