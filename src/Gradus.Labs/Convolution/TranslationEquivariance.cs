using Gradus.Graph;
using Gradus.Layers;
using Gradus.Ops;

namespace Gradus.Labs.Convolution;

/// <summary>Shifting a picture and then convolving it is convolving it and then shifting the result; for a dense layer that is not so.</summary>
/// <remarks>
/// Photographs with a black margin, so that a shift loses nothing, go through two convolutions with ReLU, through the same with a 2x2 pool
/// behind, and through a dense layer that gives as many numbers. Measured is max |f(shift x) - shift f(x)| over max |f(x)|. Weights are random:
/// the property belongs to the operation, not to what was learned. Cohen and Welling 2016, https://arxiv.org/abs/1602.07576; what strides do to
/// it: Zhang 2019, https://arxiv.org/abs/1904.11486.
/// </remarks>
public sealed class TranslationEquivariance : Lab
{
    private const int Margin = 10, Side = 28 + 2 * Margin, Farthest = 8;

    [Knob(1, 4, En = "stride of the second convolution", Zh = "第二层卷积的步幅")]
    public int Stride { get; init; } = 1;

    public override Bilingual Title => ("Shift, then convolve: the same as convolve, then shift", "先平移再卷积，等于先卷积再平移");

    public override IReadOnlyList<string> Data => [Sets.Fashion];

    public override IReadOnlyList<Preset> Presets =>
    [
        new("stride-2", ("With stride 2 the equality holds for even shifts only: half of the positions are never looked at.", "步幅为 2 时只对偶数位移成立：一半的位置从未被看到。"), ("stride", "2")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var pictures = LabContext.Samples(LabContext.Some(lab.Load(Sets.Fashion).Test, lab.Pick(10, 20, 50), seed: 0)).Inputs.Pad(Margin);
        int[] shifts = [.. Enumerable.Range(1, Farthest)];
        var lines = new List<ChartLine>();

        Arm Worst(Bilingual name, Func<RandomSource, Layer> build, int stride) => lab.Measure(name, seed =>
        {
            using var _ = GradientMode.Off();
            var network = build(new RandomSource(seed));
            double[] errors = [.. shifts.Select(shift => Error(network, pictures, shift, stride))];
            if (seed == lab.Seeds[0]) lines.Add(ChartLine.Counted(name, errors));
            return errors.Max();
        });

        var convolution = Worst(("two convolutions", "两层卷积"), random => Convolutions(Stride, random), Stride);
        var pooled = Worst(("two convolutions and a 2x2 pool", "两层卷积加 2x2 池化"), random => new Sequential(Convolutions(1, random), new MaxPool2d(2)), 2);
        var dense = Worst(("dense layer", "全连接层"), random => new Dense(random), 1);

        lab.Show(new Chart(
            "error-by-shift", ("Largest difference between shifting before and shifting after", "先平移与后平移的最大差"), ("shift (pixels)", "平移（像素）"),
            ("difference / largest output", "差 / 最大输出"), lines));
        ShowMaps(lab, pictures);
        return
        [
            Verdict.Holds(
                "convolution-is-equivariant", [convolution, pooled, dense],
                Condition.AtMost(("relative difference, convolutions, shifts 1 to 8", "卷积的相对差，平移 1 到 8"), convolution.Median, 1e-5),
                Condition.AtLeast(("relative difference, dense layer", "全连接层的相对差"), dense.Median, 0.1)),
        ];
    }

    private static Sequential Convolutions(int stride, RandomSource random) => new(
        new Conv2d(1, 8, 5, same: true, random: random), new Relu(),
        new Conv2d(8, 8, 3, stride, padding: 1, random: random), new Relu());

    // A stride of s turns a shift by d into one by d / s; where that is no whole number there is no right answer, and the nearest is taken.
    private static double Error(Layer network, Tensor pictures, int shift, int stride)
    {
        var before = network.Forward(PictureShift.Of(pictures, 0, shift));
        var maps = network.Forward(pictures);
        var after = PictureShift.Of(maps, 0, shift / stride);
        double most = 0, largest = 0;
        for (int i = 0; i < maps.Count; i++)
        {
            most = Math.Max(most, Math.Abs((double)before.Span[i] - after.Span[i]));
            largest = Math.Max(largest, Math.Abs((double)maps.Span[i]));
        }

        return most / largest;
    }

    /// <summary>A dense layer whose output is laid out as a picture.</summary>
    private sealed class Dense(RandomSource random) : Layer
    {
        private readonly Linear _linear = new(Side * Side, Side * Side, random: random);

        public override Tensor Forward(Tensor x) => _linear.Forward(x.Flatten()).Reshape(-1, 1, Side, Side);
    }

    private void ShowMaps(LabContext lab, Tensor pictures)
    {
        using var _ = GradientMode.Off();
        var random = new RandomSource(lab.Seeds[0]);
        var (convolution, dense) = (Convolutions(Stride, random), new Dense(random));
        var grid = new List<Plots.Picture>();
        foreach (int shift in new[] { 0, 8 })
        {
            var shifted = PictureShift.Of(pictures.Slice(0, 0, 1), 0, shift);
            grid.Add(Map(shifted, $"x, {shift} px"));
            var maps = convolution.Forward(shifted);
            foreach (int channel in new[] { 0, 1, 2 }) grid.Add(Map(maps.Slice(1, channel, 1), $"conv {channel + 1}"));
            grid.Add(Map(dense.Forward(shifted), "dense 全连接"));
        }

        lab.Show("maps", ("A picture and the same shifted by 8 pixels; three maps of the convolutions move along, the dense layer's output becomes another one",
            "一张图与平移 8 像素后的同一张图：卷积的三张特征图随之移动，全连接层的输出则变成另一幅"), grid, columns: 5);
    }

    private static Plots.Picture Map(Tensor map, string caption)
    {
        float[] values = map.ToArray();
        var (least, most) = (values.Min(), values.Max());
        return new Plots.Picture(values.Select(value => (value - least) / Math.Max(1e-6f, most - least)).ToArray(), 1, map.Shape[2], map.Shape[3], caption);
    }
}
