using System.Numerics;
using Gradus.Graph;
using Gradus.Kernels;
using Gradus.Layers;
using Gradus.Ops;

namespace Gradus.Labs.Convolution;

/// <summary>Sliding a window, multiplying a matrix of patches and multiplying spectra give the same convolution.</summary>
/// <remarks>
/// Random pictures and He-normal weights; for each size of the kernel the sum over the window at each place, written out, is compared with the
/// product of the weights with the matrix of all patches, with the inverse transform of the product of the spectra, and with the layer, as it
/// runs at once and as an inference plan runs it. The spectra are those of the picture and the kernel
/// padded with zeros: without them the product is a convolution on a ring, where what leaves on one side comes in on the other; that arm shows
/// it. Chellapilla, Puri and Simard 2006, "High performance convolutional neural networks for document processing"; Mathieu, Henaff and LeCun
/// 2014, https://arxiv.org/abs/1312.5851.
/// </remarks>
public sealed class ConvolutionThreeWays : Lab
{
    private const int Side = 32, Pictures = 2, Channels = 3, Outputs = 4;

    [Knob(En = "whether picture and kernel are padded with zeros before the Fourier transform", Zh = "傅里叶变换之前是否给图像和卷积核补零")]
    public bool ZeroPadding { get; init; } = true;

    [Knob(3, 15, En = "side of the largest kernel", Zh = "最大卷积核的边长")]
    public int LargestKernel { get; init; } = 15;

    public override Bilingual Title => ("One convolution, three ways to compute it: windows, a matrix product, spectra", "同一个卷积的三种算法：滑动窗口、矩阵乘法、频谱相乘");

    public override IReadOnlyList<Preset> Presets =>
    [
        new("ring", ("Without zero padding the spectra give a convolution on a ring: right in the middle, wrong along the border.", "不补零时，频谱相乘得到的是环上的卷积：中间正确，边缘出错。"), ("zero-padding", "false")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        int[] kernels = [.. Enumerable.Range(0, lab.Pick(3, 7, 7)).Select(i => 3 + 2 * i).Where(kernel => kernel <= LargestKernel)];

        Arm Farthest(Bilingual name, Func<Case, Tensor> other) => lab.Measure(name, seed => Differences(kernels, seed, other).Max());

        var layer = Farthest(("layer", "卷积层"), one => one.Layer.Forward(one.Inputs));
        var plan = Farthest(("layer in an inference plan", "推理计划中的卷积层"), one => InferencePlan.Capture(one.Layer).Run(one.Inputs));
        var product = Farthest(("matrix product of patches", "图块矩阵相乘"), one => Patches(one));
        var spectra = Farthest(("product of spectra", "频谱相乘"), one => Spectra(one, ZeroPadding));
        var ring = Farthest(("product of spectra without zero padding", "频谱相乘，不补零"), one => Spectra(one, padded: false));

        Show(lab, kernels);
        return
        [
            Verdict.Holds(
                "direct-gemm-fft-agree", [product, spectra, layer, plan, ring],
                Condition.AtMost(("largest difference, windows and matrix product", "滑动窗口与矩阵乘法的最大差"), product.Median, 1e-4),
                Condition.AtMost(("largest difference, windows and spectra", "滑动窗口与频谱法的最大差"), spectra.Median, 1e-4),
                Condition.AtMost(("largest difference, windows and the layer", "滑动窗口与卷积层的最大差"), Math.Max(layer.Median, plan.Median), 1e-4),
                Condition.AtLeast(("largest difference on a ring", "环上卷积的最大差"), ring.Median, 0.1)),
        ];
    }

    private static IEnumerable<double> Differences(int[] kernels, ulong seed, Func<Case, Tensor> other) => kernels.Select(kernel =>
    {
        var one = Case.Draw(kernel, seed);
        return Distance(Windows(one), other(one));
    });

    // The definition: at each place the sum over the window, zeros outside the picture.
    private static Tensor Windows(Case one)
    {
        var result = Tensor.Zeros([Pictures, Outputs, Side, Side]);
        int margin = one.Kernel / 2, taps = one.Kernel * one.Kernel;
        for (int at = 0; at < result.Count; at++)
        {
            int picture = at / (Outputs * Side * Side), output = at / (Side * Side) % Outputs, row = at / Side % Side - margin, column = at % Side - margin;
            double sum = 0;
            for (int k = 0; k < Channels * taps; k++)
            {
                int y = row + k % taps / one.Kernel, x = column + k % one.Kernel;
                if (y is < 0 or >= Side || x is < 0 or >= Side) continue;
                sum += (double)one.Inputs.Span[((picture * Channels + k / taps) * Side + y) * Side + x] * one.Layer.Weight.Span[output * Channels * taps + k];
            }

            result.Span[at] = (float)sum;
        }

        return result;
    }

    private static double Distance(Tensor a, Tensor b)
    {
        double most = 0;
        for (int i = 0; i < a.Count; i++) most = Math.Max(most, Math.Abs((double)a.Span[i] - b.Span[i]));
        return most;
    }

    // Every tap sees a picture moved by its place; all taps of all channels below one another are the matrix of patches.
    private static Tensor Patches(Case one)
    {
        using var _ = GradientMode.Off();
        var padded = one.Inputs.Pad(one.Kernel / 2);                                                          // [n, c, h + k - 1, w + k - 1]
        var taps = new List<Tensor>();
        for (int y = 0; y < one.Kernel; y++)
            for (int x = 0; x < one.Kernel; x++)
                taps.Add(padded.Slice(2, y, Side).Slice(3, x, Side).Reshape(Pictures, Channels, 1, Side * Side));
        var patches = Tensor.Concat(2, [.. taps]).Reshape(Pictures, Channels * taps.Count, Side * Side);       // [n, c k k, h w]
        return one.Layer.Weight.Reshape(Outputs, Channels * taps.Count).MatMul(patches).Reshape(Pictures, Outputs, Side, Side);
    }

    // A cross-correlation: the picture's spectrum times the conjugate of the kernel's.
    private static Tensor Spectra(Case one, bool padded)
    {
        int side = padded ? (int)BitOperations.RoundUpToPowerOf2((uint)(Side + one.Kernel - 1)) : Side, area = side * side;
        var pictures = Enumerable.Range(0, Pictures * Channels).Select(i => Spectrum(one.Inputs.Span.Slice(i * Side * Side, Side * Side), Side, side)).ToArray();
        int taps = one.Kernel * one.Kernel;
        var kernels = Enumerable.Range(0, Outputs * Channels).Select(i => Spectrum(one.Layer.Weight.Span.Slice(i * taps, taps), one.Kernel, side)).ToArray();
        var result = Tensor.Zeros([Pictures, Outputs, Side, Side]);
        var (real, imaginary) = (new float[area], new float[area]);
        for (int plane = 0; plane < Pictures * Outputs; plane++)
        {
            Array.Clear(real);
            Array.Clear(imaginary);
            for (int c = 0; c < Channels; c++)
            {
                var (x, w) = (pictures[plane / Outputs * Channels + c], kernels[plane % Outputs * Channels + c]);
                for (int i = 0; i < area; i++)
                {
                    real[i] += x.Real[i] * w.Real[i] + x.Imaginary[i] * w.Imaginary[i];
                    imaginary[i] += x.Imaginary[i] * w.Real[i] - x.Real[i] * w.Imaginary[i];
                }
            }

            FourierTransform.Inverse2d(real, imaginary, side);
            Crop(real, side, one.Kernel / 2, result.Span.Slice(plane * Side * Side, Side * Side));
        }

        return result;
    }

    private static (float[] Real, float[] Imaginary) Spectrum(ReadOnlySpan<float> values, int from, int side)
    {
        var (real, imaginary) = (new float[side * side], new float[side * side]);
        for (int y = 0; y < from; y++) values.Slice(y * from, from).CopyTo(real.AsSpan(y * side));
        FourierTransform.Forward2d(real, imaginary, side);
        return (real, imaginary);
    }

    // The window whose first tap is at -margin comes first; negative places are at the end.
    private static void Crop(float[] values, int side, int margin, Span<float> result)
    {
        for (int y = 0; y < Side; y++)
            for (int x = 0; x < Side; x++)
                result[y * Side + x] = values[(y - margin + side) % side * side + (x - margin + side) % side];
    }

    private void Show(LabContext lab, int[] kernels)
    {
        ChartLine Line(Bilingual name, Func<int, double> figure) => new(name, [.. kernels.Select(kernel => (double)kernel)], [.. kernels.Select(figure)]);
        ChartLine Difference(Bilingual name, Func<Case, Tensor> other) => new(name, [.. kernels.Select(kernel => (double)kernel)], [.. Differences(kernels, lab.Seeds[0], other)]);
        lab.Show(new Chart(
            "differences", ("Largest difference from the sum over windows", "与滑动窗口求和的最大差"), ("side of the kernel", "卷积核边长"), ("largest difference", "最大差"),
            [
                Difference(("matrix product of patches", "图块矩阵相乘"), Patches),
                Difference(("product of spectra", "频谱相乘"), one => Spectra(one, ZeroPadding)),
                Difference(("product of spectra without zero padding", "频谱相乘，不补零"), one => Spectra(one, padded: false)),
            ])
        { LogY = true });
        lab.Show(new Chart(
            "arithmetic", ("Multiplications for one picture of 32x32, 64 channels to 64", "一张 32x32 图像、64 通道到 64 通道所需的乘法次数"), ("side of the kernel", "卷积核边长"), ("multiplications", "乘法次数"),
            [
                Line(("windows, or the matrix product", "滑动窗口或矩阵乘法"), kernel => 64d * 64 * Side * Side * kernel * kernel),
                Line(("spectra, those of the kernels known", "频谱（核的频谱已知）"), kernel => SpectralMultiplications(kernel, 64)),
            ])
        { LogY = true });
    }

    // 64 transforms there and 64 back, each of n log2(n) / 2 complex products, and 64 · 64 products of spectra; a complex product is four.
    private static double SpectralMultiplications(int kernel, int channels)
    {
        double area = Math.Pow(BitOperations.RoundUpToPowerOf2((uint)(Side + kernel - 1)), 2);
        return 4 * (2 * channels * area * Math.Log2(area) / 2 + channels * channels * area);
    }

    private sealed record Case(int Kernel, Tensor Inputs, Conv2d Layer)
    {
        public static Case Draw(int kernel, ulong seed)
        {
            var random = new RandomSource(seed);
            var inputs = Tensor.Zeros([Pictures, Channels, Side, Side]);
            random.Normal(inputs.Span);
            return new Case(kernel, inputs, new Conv2d(Channels, Outputs, kernel, same: true, bias: false, random: random));
        }
    }
}
