using Gradus.Layers;
using Gradus.Losses;
using Gradus.Training;

namespace Gradus.Labs.Convolution;

/// <summary>What deep learning libraries call convolution does not flip the kernel: it is the cross-correlation.</summary>
/// <remarks>
/// The layer's output is compared with both definitions, written out: y[i, j] = Σ x[i + a, j + b] w[a, b], and with w flipped along both axes,
/// which is the convolution of mathematics. For learning the difference is none: a layer that is shown the results of a true convolution learns
/// the flipped kernel, which the last arm measures. Goodfellow, Bengio and Courville 2016, "Deep Learning", section 9.1.
/// </remarks>
public sealed class LibraryConvolution : Lab
{
    private const int Side = 12;

    [Knob(En = "whether the kernels are symmetric under a half turn", Zh = "卷积核是否旋转 180 度后不变")]
    public bool Symmetric { get; init; }

    [Knob(2, 7, En = "side of the kernels", Zh = "卷积核的边长")]
    public int Kernel { get; init; } = 5;

    public override Bilingual Title => ("The libraries' convolution is a cross-correlation: no kernel is flipped", "框架里的“卷积”其实是互相关：卷积核并不翻转");

    public override IReadOnlyList<Preset> Presets =>
    [
        new("symmetric", ("A kernel that a half turn leaves as it is, such as a blur: then both definitions agree, and no test on it can tell them apart.", "旋转 180 度不变的核（如模糊核）：两种定义结果相同，用它检验分辨不出。"), ("symmetric", "true")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var correlation = lab.Measure(("layer against cross-correlation", "卷积层与互相关"), seed => Distance(Draw(seed), flipped: false));
        var convolution = lab.Measure(("layer against convolution with the kernel flipped", "卷积层与翻转核的卷积"), seed => Distance(Draw(seed), flipped: true));
        var learned = lab.Measure(("learned kernel against the flipped one", "学得的核与翻转后的核"), seed => Learn(lab, Draw(seed), lab.Pick(300, 600, 1_000)));
        ShowImpulse(lab);
        return
        [
            Verdict.Refutes(
                "libraries-flip-the-kernel", [correlation, convolution, learned],
                Condition.AtMost(("largest difference from the cross-correlation", "与互相关的最大差"), correlation.Median, 1e-4),
                Condition.AtLeast(("largest difference from the flipped form", "与翻转形式的最大差"), convolution.Median, 0.1),
                Condition.AtMost(("largest difference of a learned kernel from the flipped one", "学得的核与翻转核的最大差"), learned.Median, 0.01)),
        ];
    }

    private (Tensor Picture, Conv2d Layer) Draw(ulong seed)
    {
        var random = new RandomSource(seed);
        var picture = Tensor.Zeros([8, 1, Side, Side]);
        random.Normal(picture.Span);
        var layer = new Conv2d(1, 1, Kernel, bias: false, random: random);
        if (!Symmetric) return (picture, layer);
        var taps = layer.Weight.Span;
        for (int i = 0; i < taps.Length / 2; i++) taps[i] = taps[^(i + 1)];
        return (picture, layer);
    }

    private static double Distance((Tensor Picture, Conv2d Layer) one, bool flipped)
    {
        var output = one.Layer.Forward(one.Picture);
        var defined = Defined(one.Picture, one.Layer.Weight, flipped);
        return Enumerable.Range(0, output.Count).Max(i => Math.Abs(output.Span[i] - defined.Span[i]));
    }

    // y[i, j] = Σ x[i + a, j + b] w[a, b], over windows inside the picture.
    private static Tensor Defined(Tensor pictures, Tensor kernel, bool flipped)
    {
        int count = pictures.Shape[0], height = pictures.Shape[2], width = pictures.Shape[3], side = kernel.Shape[2], rows = height - side + 1, columns = width - side + 1;
        var result = Tensor.Zeros([count, 1, rows, columns]);
        for (int i = 0; i < result.Count; i++)
        {
            int first = i / (rows * columns) * height * width + i / columns % rows * width + i % columns;
            double sum = 0;
            for (int tap = 0; tap < side * side; tap++)
                sum += (double)pictures.Span[first + tap / side * width + tap % side] * kernel.Span[flipped ? side * side - 1 - tap : tap];
            result.Span[i] = (float)sum;
        }

        return result;
    }

    // A layer that is shown pictures and their true convolutions: how far its kernel ends from the flipped one.
    private double Learn(LabContext lab, (Tensor Picture, Conv2d Layer) one, int steps)
    {
        var wanted = Defined(one.Picture, one.Layer.Weight, flipped: true);
        var pupil = new Conv2d(1, 1, Kernel, bias: false, random: new RandomSource(99));
        lab.Fit(Objective.Regression(pupil, MeanSquaredError.Of), new Adam(pupil.Parameters, 0.02f), new TensorBatches(one.Picture, wanted, 8), steps, line: ("learning", "学习"));
        int taps = Kernel * Kernel;
        return Enumerable.Range(0, taps).Max(tap => Math.Abs(pupil.Weight.Span[tap] - one.Layer.Weight.Span[taps - 1 - tap]));
    }

    // A single bright pixel shows the kernel itself: as it is under a convolution, half turned under a cross-correlation.
    private static void ShowImpulse(LabContext lab)
    {
        float[] letter = [1, 1, 1, 1, 0, 1, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0];
        var layer = new Conv2d(1, 1, 5, bias: false, random: new RandomSource(0));
        letter.CopyTo(layer.Weight.Span);
        var impulse = Tensor.Zeros([1, 1, 13, 13]);
        impulse.Span[6 * 13 + 6] = 1;
        lab.Show("impulse", ("A kernel, a picture of one bright pixel, what the layer makes of it, and what a convolution with flipped kernel makes of it",
            "卷积核、只有一个亮点的图像、卷积层的输出，以及翻转核的卷积的输出"),
        [
            Square(layer.Weight, 5, "kernel 核"), Square(impulse, 13, "impulse 冲激"), Square(layer.Forward(impulse), 9, "layer 卷积层"), Square(Defined(impulse, layer.Weight, flipped: true), 9, "flipped 翻转"),
        ], columns: 4);
    }

    private static Plots.Picture Square(Tensor values, int side, string caption) => new(values.ToArray(), 1, side, side, caption);
}
