using Gradus.Graph;
using Gradus.Kernels;
using Gradus.Kernels.Convolution;

namespace Gradus.Ops;

/// <summary>
/// y[n, o, i · stride + u · dilation - top, ...] += weight[c, o, u, v] · x[n, c, i, j], and bias[o] added: what a convolution of the same
/// weights does to its output's gradient. So dx is that convolution of dy, and dW is its weight gradient with x and dy in exchange. On plain
/// NCHW, per image and group: columns = Wᵀ X, folded into the picture.
/// </summary>
/// <remarks>
/// Dumoulin and Visin 2016, https://arxiv.org/abs/1603.07285, chapter 4; Zeiler, Krishnan, Taylor and Fergus 2010, "Deconvolutional networks".
/// </remarks>
internal sealed class TransposedConvolution2d(Size2d stride, Padding2d padding, Size2d outputPadding, Size2d dilation, int groups) : Operation
{
    private const int MaximumParts = 8; // of the images: must not depend on the number of threads

    // inputs: x [n, in, h, w], weight [in, out / groups, kernel height, kernel width], bias [out] (optional)
    public override object Settings => (stride, padding, outputPadding, dilation, groups);

    /// <summary>How the convolution slides whose transpose this is.</summary>
    public ConvolutionSettings Sliding => new(stride, padding, dilation);

    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var (x, weight) = (inputs[0], inputs[1]);
        Require(weight.Rank == 4, $"a transposed convolution's weight is [in, out / groups, kernel height, kernel width]; got {weight}");
        Require(groups >= 1 && weight[0] % groups == 0, $"{weight[0]} input channels of weight {weight} do not divide into {groups} groups");
        Require(x.Rank == 4 && x[1] == weight[0], $"a transposed convolution with weight {weight} expects [n, {weight[0]}, h, w]; got {x}");
        int outputs = weight[1] * groups;
        Require(inputs.Length == 2 || inputs[2] == Shape.Of([outputs]), $"the bias of weight {weight} in {groups} group(s) must be [{outputs}]; got {inputs[^1]}");
        Require(
            outputPadding is { Height: >= 0, Width: >= 0 } && outputPadding.Height < stride.Height && outputPadding.Width < stride.Width,
            $"the output padding {outputPadding} must be smaller than the stride {stride}");
        int height = Grown(x[2], stride.Height, padding.Top + padding.Bottom, dilation.Height, weight[2], outputPadding.Height);
        int width = Grown(x[3], stride.Width, padding.Left + padding.Right, dilation.Width, weight[3], outputPadding.Width);
        var window = WindowOf(weight);
        Require(height > 0 && width > 0 && window.Fits(height, width), $"nothing is left of pictures {x} behind a transposed window ({window}): use less padding");
        var output = Shape.Of([x[0], outputs, height, width]);
        int parts = Parts(x), columns = Columns(x, weight);
        return new Signature(output) { Scratch = parts * columns, BackwardScratch = parts * (columns + weight.Count) };
    }

    protected internal override long MultiplyAdds(ReadOnlySpan<Shape> inputs, Shape output) => (long)inputs[0].Count * inputs[1].CountFrom(1);

    /// <summary>Without groups, the kernels of ordinary convolutions do the work over blocks, each in another's place.</summary>
    internal override BlockedForm? OverBlocks(ReadOnlySpan<Shape> inputs) =>
        groups == 1 && inputs[1][1] * 2 >= Blocked.Lanes ? new(new BlockedTransposedConvolution(this, Infer(inputs).Outputs[0])) : null;

    protected internal override void Forward(Frame f) => ForParts(f, static (t, f, part, image) =>
    {
        var (x, weight, output) = (f.InputShape(0), f.InputShape(1), f.OutputShape);
        int plane = output[2] * output[3], together = weight[0] / t.Groups, each = weight[1];
        int columnCount = Columns(x, weight);
        var columns = f.Scratch.Slice(part * columnCount, columnCount);
        for (int channel = 0; channel < output[1]; channel++) f.Output.Slice((image * output[1] + channel) * plane, plane).Fill(f.InputCount > 2 ? f.Input(2)[channel] : 0);
        for (int group = 0; group < t.Groups; group++)
        {
            MatrixMultiplication.Multiply(
                WeightsOf(f.Input(1), weight, group, together), true, InputOf(f.Input(0), x, image, group, together), false,
                columns, each * weight[2] * weight[3], x[2] * x[3], together);
            var y = f.Output.Slice((image * output[1] + group * each) * plane, each * plane);
            ImageToColumns.AddFolded(columns, y, each, output[2], output[3], t.WindowOf(weight));
        }
    });

    protected internal override void Backward(Frame f)
    {
        if (f.InputCount > 2 && f.Wants(2)) BackwardBias(f);
        if (!f.Wants(0) && !f.Wants(1)) return;
        int weights = f.InputShape(1).Count, parts = Parts(f.InputShape(0)), columns = Columns(f.InputShape(0), f.InputShape(1));
        var sums = f.BackwardScratch.Slice(parts * columns, parts * weights);
        if (f.Wants(1)) sums.Clear();
        ForParts(f, static (t, f, part, image) => t.BackwardImage(f, part, image));
        if (!f.Wants(1)) return;
        sums[..weights].CopyTo(f.InputGradient(1));
        for (int part = 1; part < parts; part++) Elementwise.Add(f.InputGradient(1), sums.Slice(part * weights, weights), f.InputGradient(1));
    }

    private void BackwardImage(Frame f, int part, int image)
    {
        var (x, weight, output) = (f.InputShape(0), f.InputShape(1), f.OutputShape);
        int plane = output[2] * output[3], together = weight[0] / groups, each = weight[1], depth = each * weight[2] * weight[3];
        int columnCount = Columns(x, weight);
        var columns = f.BackwardScratch.Slice(part * columnCount, columnCount);
        var sums = f.BackwardScratch.Slice(Parts(x) * columnCount + part * weight.Count, weight.Count);
        for (int group = 0; group < groups; group++)
        {
            var dy = f.OutputGradient.Slice((image * output[1] + group * each) * plane, each * plane);
            ImageToColumns.Unfold(dy, columns, each, output[2], output[3], WindowOf(weight));
            if (f.Wants(1))
            {
                MatrixMultiplication.Multiply(
                    InputOf(f.Input(0), x, image, group, together), false, columns, true,
                    sums.Slice(group * together * depth, together * depth), together, depth, x[2] * x[3], accumulate: true);
            }

            if (!f.Wants(0)) continue;
            var dx = f.InputGradient(0).Slice((image * x[1] + group * together) * x[2] * x[3], together * x[2] * x[3]);
            MatrixMultiplication.Multiply(WeightsOf(f.Input(1), weight, group, together), false, columns, false, dx, together, x[2] * x[3], depth);
        }
    }

    private static void BackwardBias(Frame f) => Tiles.Run(f.OutputShape[1], f.OutputShape.Count, f, static (f, channel) =>
    {
        int plane = f.OutputShape[2] * f.OutputShape[3];
        double sum = 0;
        for (int image = 0; image < f.OutputShape[0]; image++) sum += Reductions.Sum(f.OutputGradient.Slice((image * f.OutputShape[1] + channel) * plane, plane));
        f.InputGradient(2)[channel] = (float)sum;
    });

    private int Groups => groups;

    private void ForParts(Frame f, Action<TransposedConvolution2d, Frame, int, int> body) =>
        Tiles.Run(Parts(f.InputShape(0)), (long)f.InputShape(0).Count * f.InputShape(1).CountFrom(1), (this, f, body), static (s, part) =>
        {
            long images = s.f.InputShape(0)[0];
            int parts = Parts(s.f.InputShape(0));
            for (int image = (int)(images * part / parts); image < (int)(images * (part + 1) / parts); image++) s.body(s.Item1, s.f, part, image);
        });

    private static int Parts(Shape x) => Math.Clamp(x[0], 1, MaximumParts);

    private static int Columns(Shape x, Shape weight) => checked(weight.CountFrom(1) * x[2] * x[3]);

    private static int Grown(int size, int stride, int padding, int dilation, int kernel, int outputPadding) =>
        (size - 1) * stride - padding + dilation * (kernel - 1) + outputPadding + 1;

    private static ReadOnlySpan<float> WeightsOf(ReadOnlySpan<float> weights, Shape weight, int group, int together) =>
        weights.Slice(group * together * weight.CountFrom(1), together * weight.CountFrom(1));

    private static ReadOnlySpan<float> InputOf(ReadOnlySpan<float> x, Shape shape, int image, int group, int together) =>
        x.Slice((image * shape[1] + group * together) * shape[2] * shape[3], together * shape[2] * shape[3]);

    private Window2d WindowOf(Shape weight) => new(new Size2d(weight[2], weight[3]), stride, padding, dilation);
}

/// <summary>Transposed convolution of tensors.</summary>
public static class TransposedConvolution2dExtensions
{
    extension(Tensor x)
    {
        /// <summary>The transposed convolution of pictures <c>[n, in, h, w]</c>: each pixel spreads over a window of a larger picture.</summary>
        /// <param name="weight"><c>[in, out / groups, kernel height, kernel width]</c>.</param>
        /// <param name="bias"><c>[out]</c>, or null for none.</param>
        /// <param name="stride">How far apart the windows of neighbouring pixels lie, at least 1.</param>
        /// <param name="padding">Rows and columns that are cut off the result.</param>
        /// <param name="outputPadding">Rows and columns more below and on the right; smaller than the stride.</param>
        /// <param name="dilation">The distance between the kernel's taps, at least 1; 1 leaves no holes.</param>
        /// <param name="groups">Channels are cut into this many groups that do not see each other.</param>
        /// <returns><c>[n, out, out height, out width]</c> with out = (size - 1) · stride - padding + dilation · (kernel - 1) + output padding + 1.</returns>
        /// <exception cref="ShapeException">The channels do not fit, or nothing is left of the picture.</exception>
        public Tensor TransposedConvolve2d(
            Tensor weight, Tensor? bias, Size2d stride, Padding2d padding = default, Size2d outputPadding = default, Size2d? dilation = null, int groups = 1)
        {
            var operation = new TransposedConvolution2d(stride, padding, outputPadding, dilation ?? 1, groups);
            return bias is null ? operation.Apply(x, weight) : operation.Apply(x, weight, bias);
        }
    }
}
