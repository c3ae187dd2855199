using Gradus.Graph;
using Gradus.Layers;
using Gradus.Ops;

namespace Gradus.Labs.Convolution;

/// <summary>Output sizes follow floor((n + 2p - d (k - 1) - 1) / s) + 1, and gradients of convolution and pooling derived by hand are the engine's.</summary>
/// <remarks>
/// Sizes: layers of random settings are run, and the size of what they give is compared with the formula and with three ways of remembering it
/// wrongly. Gradients: the sums that one writes on paper are written as loops and compared with what <c>Backward</c> finds; beside them stands
/// the usual slip, the input's gradient with the kernel turned the other way. Dumoulin and Visin 2016, https://arxiv.org/abs/1603.07285.
/// </remarks>
public sealed class ConvolutionArithmetic : Lab
{
    [Knob(0, 1, En = "rows and columns of padding that the layers have beyond what the formulas are told", Zh = "层的实际填充比公式所知多出的圈数")]
    public int HiddenPadding { get; init; }

    public override Bilingual Title => ("The arithmetic of convolution: output sizes and gradients by hand", "卷积的算术：输出尺寸与手推梯度");

    public override IReadOnlyList<Preset> Presets =>
    [
        new("hidden-padding", ("The layers pad by one more than the formulas are told: most sizes and all gradients come out wrong.", "层实际多填充一圈而公式不知道：多数尺寸和全部梯度都对不上。"), ("hidden-padding", "1")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab) => [Sizes(lab), Gradients(lab)];

    private Verdict Sizes(LabContext lab)
    {
        int count = lab.Pick(200, 1_000, 1_000);
        var rules = new (Bilingual Name, Func<Setting, int> Size)[]
        {
            (("floor((n + 2p - d(k - 1) - 1) / s) + 1", "⌊(n + 2p - d(k - 1) - 1) / s⌋ + 1"), one => (one.Size + 2 * one.Padding - one.Extent) / one.Stride + 1),
            (("rounded up instead of down", "误作向上取整"), one => (int)Math.Ceiling((one.Size + 2 * one.Padding - one.Extent) / (double)one.Stride) + 1),
            (("padding counted once", "填充只算一侧"), one => (one.Size + one.Padding - one.Extent) / one.Stride + 1),
            (("dilation forgotten", "忘记空洞"), one => (one.Size + 2 * one.Padding - one.Kernel) / one.Stride + 1),
        };
        var arms = rules.Select(rule => lab.Measure(rule.Name, seed =>
        {
            var random = new RandomSource(seed);
            return Enumerable.Range(0, count).Select(_ => Setting.Draw(random)).Count(setting => rule.Size(setting) != Run(setting));
        })).ToArray();

        lab.Show(new ResultTable("mistakes", ($"Mistakes in {count} random settings", $"{count} 组随机设置中的错误数"), [("formula", "公式"), ("mistakes", "错误数")],
            [.. arms.Select(arm => (IReadOnlyList<Bilingual>)[arm.Name, $"{arm.Median}"])]));
        Setting[] shown = [new(0, 3, 1, 0, 1), new(0, 3, 1, 1, 1), new(0, 3, 2, 1, 1), new(0, 3, 1, 0, 2), new(0, 5, 3, 0, 1)];
        lab.Show(new Chart(
            "output-sizes", ("Output size against input size, as the layers give it", "层的实际输出尺寸与输入尺寸"), ("input size", "输入尺寸"), ("output size", "输出尺寸"),
            [.. shown.Select(one => new ChartLine(
                $"k {one.Kernel}, s {one.Stride}, p {one.Padding}, d {one.Dilation}",
                [.. Enumerable.Range(8, 25).Select(size => (double)size)], [.. Enumerable.Range(8, 25).Select(size => (double)Run(one with { Size = size }))]))]));
        return Verdict.Holds(
            "output-sizes-follow-the-formula", arms,
            Condition.AtMost(("mistakes of the formula", "公式的错误数"), arms[0].Median, 0),
            Condition.AtLeast(("mistakes of the best of the wrong formulas", "错误公式中最好者的错误数"), arms[1..].Min(arm => arm.Median), count / 10.0));
    }

    // The size that the layer really gives; a rectangular picture, so that rows and columns cannot be confused.
    private int Run(Setting one)
    {
        using var _ = GradientMode.Off();
        var layer = new Conv2d(1, 1, one.Kernel, one.Stride, one.Padding + HiddenPadding, dilation: one.Dilation, random: new RandomSource(0));
        return layer.Forward(Tensor.Zeros([1, 1, one.Size, one.Size + 9])).Shape[2];
    }

    private Verdict Gradients(LabContext lab)
    {
        int trials = lab.Pick(5, 30, 50);
        Arm Worst(Bilingual name, Func<RandomSource, double> error) => lab.Measure(name, seed =>
        {
            var random = new RandomSource(seed);
            return Enumerable.Range(0, trials).Max(_ => error(random));
        });

        Arm[] arms =
        [
            Worst(("convolution: weights", "卷积：权重"), random => OfConvolution(random, turned: false).Weight),
            Worst(("convolution: input", "卷积：输入"), random => OfConvolution(random, turned: false).Input),
            Worst(("maximum pooling: input", "最大池化：输入"), random => OfPooling(random, maximum: true)),
            Worst(("average pooling: input", "平均池化：输入"), random => OfPooling(random, maximum: false)),
        ];
        var slip = Worst(("convolution: input, kernel turned the wrong way", "卷积：输入，核的方向弄反"), random => OfConvolution(random, turned: true).Input);
        lab.Show(new ResultTable("gradients", ("Gradients by hand against the engine's, largest relative difference", "手推梯度与引擎梯度的最大相对差"), [("gradient", "梯度"), ("difference", "差")],
            [.. arms.Append(slip).Select(arm => (IReadOnlyList<Bilingual>)[arm.Name, $"{arm.Median:g2}"])]));
        return Verdict.Holds(
            "gradients-by-hand", [.. arms, slip],
            Condition.AtMost(("largest relative difference of the four", "四种梯度中最大的相对差"), arms.Max(arm => arm.Median), 1e-4),
            Condition.AtLeast(("the same with the kernel turned the wrong way", "核方向弄反时的相对差"), slip.Median, 0.1));
    }

    // y[o, i, j] = Σ x[c, i s + a d - p, j s + b d - p] w[o, c, a, b]: so each product adds dy · x to dw and dy · w to dx.
    private (double Weight, double Input) OfConvolution(RandomSource random, bool turned)
    {
        var (inputs, outputs, one) = (1 + random.Next(3), 1 + random.Next(3), Setting.Draw(random));
        var x = Drawn([2, inputs, one.Size, one.Size + 1], random);
        var layer = new Conv2d(inputs, outputs, one.Kernel, one.Stride, one.Padding + HiddenPadding, dilation: one.Dilation, random: random);
        var dy = Backward(x, layer.Forward, random);
        var (dw, dx) = (new double[layer.Weight.Count], new double[x.Count]);
        int taps = one.Kernel * one.Kernel, area = dy.Shape[2] * dy.Shape[3], plane = x.Shape[2] * x.Shape[3];
        for (int at = 0; at < dy.Count; at++)
        {
            int sample = at / (outputs * area), output = at / area % outputs, top = at % area / dy.Shape[3] * one.Stride - one.Padding, left = at % dy.Shape[3] * one.Stride - one.Padding;
            for (int k = 0; k < inputs * taps; k++)
            {
                int row = top + k % taps / one.Kernel * one.Dilation, column = left + k % one.Kernel * one.Dilation;
                if (row < 0 || column < 0 || row >= x.Shape[2] || column >= x.Shape[3]) continue;
                int from = (sample * inputs + k / taps) * plane + row * x.Shape[3] + column, first = output * inputs * taps;
                dw[first + k] += dy.Span[at] * (double)x.Span[from];
                dx[from] += dy.Span[at] * (double)layer.Weight.Span[first + (turned ? k / taps * taps + taps - 1 - k % taps : k)];
            }
        }

        return (Difference(dw, layer.Weight.Gradient!), Difference(dx, x.Gradient!));
    }

    // A maximum hands its gradient to the place that won, an average the k²-th part to every place.
    private double OfPooling(RandomSource random, bool maximum)
    {
        var (kernel, stride) = (2 + random.Next(2), 1 + random.Next(3));
        var x = Drawn([2, 2, kernel + random.Next(8), kernel + random.Next(8)], random);
        Layer layer = maximum ? new MaxPool2d(kernel, stride, HiddenPadding) : new AveragePool2d(kernel, stride, HiddenPadding);
        var dy = Backward(x, layer.Forward, random);
        var dx = new double[x.Count];
        int width = x.Shape[3], area = dy.Shape[2] * dy.Shape[3];
        for (int at = 0; at < dy.Count; at++)
        {
            int first = at / area * x.Shape[2] * width + at % area / dy.Shape[3] * stride * width + at % dy.Shape[3] * stride;
            int[] places = [.. Enumerable.Range(0, kernel * kernel).Select(tap => first + tap / kernel * width + tap % kernel).Where(place => place < x.Count)];
            if (places.Length == 0) continue; // only where the layer pads more than it is said to
            if (maximum) dx[places.MaxBy(place => x.Span[place])] += dy.Span[at];
            else foreach (int place in places) dx[place] += dy.Span[at] / (double)(kernel * kernel);
        }

        return Difference(dx, x.Gradient!);
    }

    // The loss is Σ dy · y with random dy: then dy is what the engine hands back to the layer.
    private static Tensor Backward(Tensor x, Func<Tensor, Tensor> forward, RandomSource random)
    {
        var y = forward(x);
        var dy = Tensor.Zeros(y.Shape);
        random.Normal(dy.Span);
        (y * dy).Sum().Backward();
        return dy;
    }

    private static Tensor Drawn(Shape shape, RandomSource random)
    {
        var x = Tensor.Zeros(shape);
        random.Normal(x.Span);
        x.RequiresGradient = true;
        return x;
    }

    private static double Difference(double[] byHand, Tensor gradient)
    {
        double most = 0, largest = 1e-12;
        for (int i = 0; i < byHand.Length; i++)
        {
            most = Math.Max(most, Math.Abs(byHand[i] - gradient.Span[i]));
            largest = Math.Max(largest, Math.Abs(byHand[i]));
        }

        return most / largest;
    }

    private sealed record Setting(int Size, int Kernel, int Stride, int Padding, int Dilation)
    {
        public int Extent => Dilation * (Kernel - 1) + 1;

        public static Setting Draw(RandomSource random)
        {
            var one = new Setting(0, 1 + random.Next(5), 1 + random.Next(4), random.Next(4), 1 + random.Next(3));
            return one with { Size = Math.Max(1, one.Extent - 2 * one.Padding) + random.Next(12) };
        }
    }
}
