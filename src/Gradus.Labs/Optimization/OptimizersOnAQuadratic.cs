using Gradus.Initializers;
using Gradus.Ops;

namespace Gradus.Labs.Optimization;

/// <summary>In a valley a thousand times steeper across than along, momentum and adaptive steps arrive in fewer steps than plain gradient descent.</summary>
/// <remarks>
/// f(w) = ½ |A w|², whose curvatures go from 1 to the condition number in equal ratios, in directions turned by a random orthogonal matrix, so that no method is helped by the
/// axes. Every method has the best learning rate of one and the same grid, by the steps until f is a thousandth of its first value. Polyak 1964; Nesterov 1983; Kingma and Ba 2015, https://arxiv.org/abs/1412.6980.
/// </remarks>
public sealed class OptimizersOnAQuadratic : Lab
{
    private const int Dimensions = 10;

    private static readonly (string Name, Func<Parameter[], float, Optimizer> Make)[] Methods =
    [
        ("SGD", (parameters, rate) => new Sgd(parameters, rate)),
        ("momentum 0.9", (parameters, rate) => new Sgd(parameters, rate, momentum: 0.9f)),
        ("Nesterov 0.9", (parameters, rate) => new Sgd(parameters, rate, momentum: 0.9f, nesterov: true)),
        ("RMSProp", (parameters, rate) => new RmsProp(parameters, rate)),
        ("Adam", (parameters, rate) => new Adam(parameters, rate)),
        ("AdamW", (parameters, rate) => new AdamW(parameters, rate, weightDecay: 0)),
    ];

    [Knob(1, 1e5, En = "largest curvature over the smallest", Zh = "最大曲率与最小曲率之比（条件数）")]
    public double Condition { get; init; } = 1000;

    [Knob(En = "turns the valley away from the axes", Zh = "把谷的方向转离坐标轴")]
    public bool Rotated { get; init; } = true;

    public override Bilingual Title => (
        "Condition number 1,000: momentum, RMSProp and Adam need fewer steps than plain gradient descent",
        "条件数 1000：动量、RMSProp 与 Adam 所需步数少于普通梯度下降");

    public override IReadOnlyList<Preset> Presets =>
    [
        new("round-bowl", ("Condition number 1: plain gradient descent with the right rate arrives in a handful of steps; nothing can help it.", "条件数 1：普通梯度下降只要学习率合适，几步就到，别的方法帮不上忙。"), ("condition", "1")),
        new("along-the-axes", ("The valley lies along an axis: the adaptive methods, which scale each coordinate for itself, are at their best.", "谷沿坐标轴：逐坐标缩放的自适应方法处于最有利的情形。"), ("rotated", "false")),
        new("steeper", ("Condition number 10,000: plain descent needs ten times the steps, momentum about three times.", "条件数 10000：普通下降的步数变为十倍，动量约三倍。"), ("condition", "10000")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        int limit = lab.Pick(4000, 20000, 40000), grid = lab.Pick(8, 12, 20);
        double goal = lab.Pick(1e-2, 1e-3, 1e-3);
        var curves = new List<ChartLine>();
        Arm[] arms =
        [
            .. Methods.Select(method => lab.Measure(method.Name, seed =>
            {
                var valley = new Valley(Rotated, Condition, seed);
                List<double>? best = null;
                for (int i = 0; i < grid; i++)
                {
                    lab.Cancellation.ThrowIfCancellationRequested();
                    float rate = (float)(1 / Condition * Math.Pow(4 * Condition, (double)i / (grid - 1)) * 0.98); // from half of 2 / L, the plain method's limit, to 4
                    var losses = valley.Descend(parameters => method.Make(parameters, rate), best?.Count ?? limit, goal);
                    if (losses is not null) best = losses;
                }

                if (seed == lab.Seeds[0] && best is not null) curves.Add(ChartLine.Counted(method.Name, best));
                return best?.Count ?? limit;
            })),
        ];

        lab.Show(new Chart("loss-by-step", ("Loss on the way to the goal, each at its best rate", "各方法在自己最佳学习率下的损失"), ("step", "步"), ("loss over its first value", "损失与初值之比"), curves) { LogX = true, LogY = true });
        lab.Show(new ResultTable(
            "steps", ("Steps to the goal", "到达目标的步数"), [("method", "方法"), ("steps", "步数")],
            [.. arms.Select(arm => (IReadOnlyList<Bilingual>)[arm.Name, FormattableString.Invariant($"{arm.Median:0}")])]));
        return
        [
            Verdict.Holds("momentum-and-adaptive-steps-help", arms,
                [.. arms.Skip(1).Select(arm => Labs.Condition.AtMost(($"steps of {arm.Name.En} over those of plain gradient descent", $"{arm.Name.Zh} 与普通梯度下降步数之比"), arm.Median / arms[0].Median, 0.8))]),
        ];
    }

    /// <summary>½ |A w|² with a start where every direction has the same share of the loss.</summary>
    private sealed class Valley
    {
        private readonly Tensor _root, _start;

        public Valley(bool rotated, double condition, ulong seed)
        {
            var random = new RandomSource(seed);
            var turn = Tensor.Zeros([Dimensions, Dimensions]);
            if (rotated) Orthogonal.Fill(turn, random);
            else
            {
                for (int i = 0; i < Dimensions; i++) turn.Span[i * Dimensions + i] = 1;
            }

            _root = turn.Clone();
            for (int row = 0; row < Dimensions; row++)
            {
                float scale = (float)Math.Pow(condition, row / (2.0 * (Dimensions - 1))); // the root of a curvature from 1 to the condition
                for (int column = 0; column < Dimensions; column++) _root.Span[row * Dimensions + column] *= scale;
            }

            // A w = z for a z of equal squares: w = Qᵀ D^(-1/2) z
            _start = Tensor.Zeros([1, Dimensions]);
            for (int row = 0; row < Dimensions; row++)
            {
                float side = random.Next(2) == 0 ? 1 : -1, scale = (float)Math.Pow(condition, -row / (2.0 * (Dimensions - 1)));
                for (int column = 0; column < Dimensions; column++) _start.Span[column] += turn.Span[row * Dimensions + column] * scale * side;
            }
        }

        /// <summary>The losses until the goal; null if it was not reached before the limit.</summary>
        public List<double>? Descend(Func<Parameter[], Optimizer> make, int limit, double goal)
        {
            var place = new Parameter([1, Dimensions]);
            _start.Span.CopyTo(place.Span);
            var optimizer = make([place]);
            var losses = new List<double>();
            double first = 0;
            while (losses.Count < limit)
            {
                optimizer.ZeroGradient();
                var loss = place.Linear(_root, null).Square().Sum() * 0.5f;
                double value = loss.Item();
                if (losses.Count == 0) first = value;
                losses.Add(value / first);
                if (losses[^1] <= goal) return losses;
                if (!(losses[^1] < 1e6)) return null; // diverges, or is NaN
                loss.Backward();
                optimizer.Step();
            }

            return null;
        }
    }
}
