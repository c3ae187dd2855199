using System.Diagnostics;
using Gradus.Graph;
using Gradus.Layers;
using Gradus.Losses;

namespace Gradus.Labs.Foundations;

/// <summary>All derivatives of a loss cost a small constant times the loss itself, whatever the number of parameters; differences cost a forward pass for each parameter.</summary>
/// <remarks>
/// Networks of a thousand to a million parameters. Forward and backward passes are timed in turn in one run, and medians compared; under the smallest budget multiply-adds are counted instead of
/// seconds. The constant is below 4 for any function: Baur and Strassen 1983, "The complexity of partial derivatives"; Griewank and Walther 2008, section 3.3.
/// </remarks>
public sealed class ReverseModeCost : Lab
{
    private const int Samples = 256, Inputs = 16, Classes = 10; // enough that arithmetic, not the allocation of gradients, is what is timed

    [Knob(1, 32, En = "numbers to differentiate: 1 for a loss, more for a vector, which needs a backward pass for each", Zh = "要求导的标量个数：损失为 1；若为向量，每个分量都要一次反向传播")]
    public int Outputs { get; init; } = 1;

    public override Bilingual Title => (
        "The backward pass costs at most four forward passes, for a thousand parameters as for a million",
        "无论参数是一千还是一百万，反向传播的代价都不超过四次前向传播");

    public override IReadOnlyList<Preset> Presets =>
    [
        new("many-outputs", (
            "Ten numbers to differentiate instead of one: reverse mode pays for each output, as differences pay for each input. That a loss is one number is what makes it cheap.",
            "要求导的数从一个变成十个：反向模式按输出个数付费，正如差分按输入个数付费。它之所以便宜，正因为损失只是一个数。"), ("outputs", "10")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        int[] widths = lab.Pick<int[]>([22, 84, 300], [22, 84, 300, 960], [22, 84, 300, 960]); // 1e3, 1e4, 1e5, 1e6 parameters
        bool counts = lab.Budget == Budget.Tiny;
        var ratios = widths.Select(_ => new double[lab.Seeds.Count]).ToArray();
        var differences = widths.Select(_ => new double[lab.Seeds.Count]).ToArray();
        var sizes = new double[widths.Length];
        for (int i = 0; i < lab.Seeds.Count; i++)
        {
            for (int size = 0; size < widths.Length; size++)
            {
                lab.Cancellation.ThrowIfCancellationRequested();
                lab.Stage(($"width {widths[size]}, seed {lab.Seeds[i]}", $"宽度 {widths[size]}，种子 {lab.Seeds[i]}"));
                var pass = new Pass(widths[size], lab.Seeds[i]);
                sizes[size] = pass.Parameters;
                ratios[size][i] = Outputs * (counts ? pass.CountedRatio() : pass.TimedRatio(lab.Pick(5, 41, 101)));
                differences[size][i] = pass.ForwardPassesOfDifferences(Math.Min(pass.Parameters, lab.Pick(60, 100, 150)));
            }
        }

        Arm[] backward = [.. ratios.Select((values, size) => new Arm(($"backward pass, {sizes[size]:N0} parameters", $"反向传播，{sizes[size]:N0} 个参数"), values))];
        Arm[] forward = [.. differences.Select((values, size) => new Arm(($"differences, {sizes[size]:N0} parameters", $"差分，{sizes[size]:N0} 个参数"), values))];
        lab.Show(new Chart(
            "cost-of-a-gradient", ("Cost of a whole gradient in forward passes", "求一次完整梯度的代价（以前向传播计）"), ("parameters", "参数个数"), ("forward passes", "前向传播次数"),
            [
                new ChartLine(("backward pass", "反向传播"), sizes, [.. backward.Select(arm => arm.Median)]),
                new ChartLine(("central differences", "中心差分"), sizes, [.. forward.Select(arm => arm.Median)]),
            ])
        { LogX = true, LogY = true });
        return
        [
            Verdict.Holds("backward-costs-a-constant", [.. backward, .. forward],
                Condition.AtMost(
                    counts ? ("multiply-adds of backward over forward, at worst", "反向与前向乘加次数之比（最坏情形）") : ("time of backward over forward, at worst", "反向与前向时间之比（最坏情形）"), backward.Max(arm => arm.Median), 4),
                Condition.AtLeast(("forward passes that differences take for each parameter, at least", "差分为每个参数所需的前向次数（最少）"), forward.Select((arm, size) => arm.Median / sizes[size]).Min(), 1)),
        ];
    }

    /// <summary>A network of one size and a batch for it.</summary>
    private sealed class Pass
    {
        private readonly Sequential _network;
        private readonly Linear[] _layers;
        private readonly Tensor _x = Tensor.Zeros([Samples, Inputs]);
        private readonly IntTensor _labels;

        public Pass(int width, ulong seed)
        {
            var random = new RandomSource(seed);
            _layers = [new Linear(Inputs, width, random: random), new Linear(width, width, random: random), new Linear(width, Classes, random: random)];
            _network = new Sequential(_layers[0], new Tanh(), _layers[1], new Tanh(), _layers[2]);
            random.Normal(_x.Span);
            _labels = new IntTensor([.. Enumerable.Range(0, Samples).Select(_ => random.Next(Classes))]);
        }

        public int Parameters => _network.Parameters.Sum(parameter => parameter.Count);

        private Tensor Loss() => CrossEntropy.Of(_network.Forward(_x), _labels);

        /// <summary>Medians of passes in turn: what else the machine does meets both.</summary>
        public double TimedRatio(int passes)
        {
            var (forward, backward) = (new double[passes], new double[passes]);
            for (int i = -40; i < passes; i++) // the first are slower: their code is compiled, and compiled anew once it is seen to be hot
            {
                Forget();
                long start = Stopwatch.GetTimestamp();
                var loss = Loss();
                long middle = Stopwatch.GetTimestamp();
                loss.Backward();
                long end = Stopwatch.GetTimestamp();
                if (i >= 0) (forward[i], backward[i]) = (middle - start, end - middle);
            }

            return new Arm("", backward).Median / new Arm("", forward).Median;
        }

        /// <summary>A product of the layer's size for each gradient that the backward pass filled: that of its weight, and that of its input.</summary>
        public double CountedRatio()
        {
            Forget();
            var inputs = new List<Tensor>();
            var x = _x;
            foreach (var layer in _network.Layers)
            {
                if (layer is Linear) inputs.Add(x);
                x = layer.Forward(x);
                x.RequiresGradient = true;
            }

            CrossEntropy.Of(x, _labels).Backward();
            double forward = ModelSummary.Of(_network, [Inputs]).MultiplyAdds, backward = 0;
            for (int i = 0; i < _layers.Length; i++) backward += _layers[i].Weight.Count * (double)((_layers[i].Weight.Gradient is null ? 0 : 1) + (inputs[i].Gradient is null ? 0 : 1));
            return backward / forward;
        }

        /// <summary>Counts the forward passes of the differences of some parameters, and tells what all would take at that rate.</summary>
        public double ForwardPassesOfDifferences(int some)
        {
            long passes = 0;
            Tensor Counted()
            {
                passes++;
                return Loss();
            }

            int done = 0;
            foreach (var parameter in _network.Parameters)
            {
                if (done == some) break;
                int length = Math.Min(parameter.Count, some - done);
                done += length;
                Differences(Counted, parameter, length);
            }

            return passes * (double)Parameters / done;
        }

        private static void Differences(Func<Tensor> loss, Tensor parameter, int length)
        {
            var head = Tensor.From(parameter.Span[..length], [length]);
            CentralDifferences.Of(
                () =>
                {
                    head.Span.CopyTo(parameter.Span);
                    return loss();
                }, head);
            head.Span.CopyTo(parameter.Span);
        }

        private void Forget()
        {
            foreach (var parameter in _network.Parameters) parameter.Gradient = null;
        }
    }
}
