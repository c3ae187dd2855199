using Gradus.Graph;
using Gradus.Kernels;
using Gradus.Kernels.Convolution;

namespace Gradus.Ops;

/// <summary>
/// y[n, o, i, j] = Σ over c, u, v of weight[o, c, u, v] · x[n, c, i · stride + u · dilation - top, ...] + bias[o], on plain NCHW:
/// per image and group one matrix product of the weights with the unfolded picture. With columns X and weights W:
/// dX = Wᵀ dY folded back, dW = Σ over images of dY Xᵀ, db = Σ dY. A depthwise one, with a group for each channel, is computed directly.
/// </summary>
/// <remarks>LeCun, Bottou, Bengio and Haffner 1998, "Gradient-based learning applied to document recognition". Capture rewrites it to blocked layouts.</remarks>
internal sealed class Convolution2d(Size2d stride, Padding2d padding, Size2d dilation, int groups) : Operation
{
    /// <summary>Images are cut into at most this many parts, each with scratch and weight gradients of its own; it must not depend on the number of threads.</summary>
    private const int MaximumParts = 8;

    /// <summary>Floats of scratch (64 MiB) beyond which fewer parts are made.</summary>
    private const long ScratchLimit = 1 << 24;

    // inputs: x [n, in, h, w], weight [out, in / groups, kernel height, kernel width], bias [out] (optional)
    public override object Settings => (stride, padding, dilation, groups);

    public Size2d Stride => stride;

    public Padding2d Padding => padding;

    public Size2d Dilation => dilation;

    public int Groups => groups;

    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var (x, weight) = (inputs[0], inputs[1]);
        Require(weight.Rank == 4, $"a convolution's weight is [out, in / groups, kernel height, kernel width]; got {weight}");
        Require(groups >= 1 && weight[0] % groups == 0, $"{weight[0]} output channels of weight {weight} do not divide into {groups} groups");
        Require(x.Rank == 4 && x[1] == weight[1] * groups, $"a convolution with weight {weight} and {groups} group(s) expects [n, {weight[1] * groups}, h, w]; got {x}");
        Require(inputs.Length == 2 || inputs[2] == Shape.Of([weight[0]]), $"the bias of weight {weight} must be [{weight[0]}]; got {inputs[^1]}");
        var window = WindowOf(weight);
        Require(window.Fits(x[2], x[3]), $"the window ({window}) does not fit into pictures {x}: use a smaller kernel or more padding");
        var output = Shape.Of([x[0], weight[0], window.OutHeight(x[2]), window.OutWidth(x[3])]);
        if (IsDepthwise(weight))
        {
            var depthwise = DepthwiseOf(x, weight);
            return new Signature(output) { Scratch = depthwise.PackedLength, BackwardScratch = Math.Max(depthwise.PackedLength, depthwise.SumsLength) };
        }

        var sizes = new Sizes(x, weight, output, window);
        return new Signature(output)
        {
            Scratch = sizes.Parts * sizes.Columns,
            BackwardScratch = sizes.Parts * (sizes.Columns + weight.Count),
        };
    }

    /// <summary>True if every channel has one kernel of its own: such a convolution is computed directly.</summary>
    public bool IsDepthwise(Shape weight) => groups > 1 && weight[0] == groups && weight[1] == 1;

    protected internal override long MultiplyAdds(ReadOnlySpan<Shape> inputs, Shape output) => Work(inputs[1], output);

    private static long Work(Shape weight, Shape output) => (long)output.Count * weight.CountFrom(1);

    protected internal override void Forward(Frame f)
    {
        if (IsDepthwise(f.InputShape(1)))
        {
            var depthwise = DepthwiseOf(f.InputShape(0), f.InputShape(1));
            depthwise.Pack(f.Input(1), f.InputCount > 2 ? f.Input(2) : [], f.Scratch);
            depthwise.Forward(f.Input(0), f.Scratch, f.Output);
            return;
        }

        var s = SizesOf(f);
        Tiles.Run(s.Parts, Work(f.InputShape(1), f.OutputShape), (f, s, groups), static (t, part) =>
        {
            var columns = t.f.Scratch.Slice(part * t.s.Columns, t.s.Columns);
            var (first, end) = t.s.Images(part);
            for (int image = first; image < end; image++) Forward(t.f, t.s, t.groups, image, columns);
        });
    }

    private static void Forward(Frame f, in Sizes s, int groups, int image, Span<float> columns)
    {
        var y = f.Output.Slice(image * s.Out * s.OutPlane, s.Out * s.OutPlane);
        bool biased = f.InputCount > 2;
        for (int channel = 0; biased && channel < s.Out; channel++) y.Slice(channel * s.OutPlane, s.OutPlane).Fill(f.Input(2)[channel]);
        for (int group = 0; group < groups; group++)
        {
            MatrixMultiplication.Multiply(
                s.WeightsOf(f.Input(1), group, groups), false, Unfolded(f, s, groups, image, group, columns), false,
                s.OutputOf(y, group, groups), s.Out / groups, s.OutPlane, s.Depth, accumulate: biased);
        }
    }

    protected internal override void Backward(Frame f)
    {
        if (IsDepthwise(f.InputShape(1)))
        {
            BackwardDepthwise(f, DepthwiseOf(f.InputShape(0), f.InputShape(1)));
            return;
        }

        var s = SizesOf(f);
        if (f.InputCount > 2 && f.Wants(2)) BackwardBias(f, s);
        if (!f.Wants(0) && !f.Wants(1)) return;
        int weights = f.InputShape(1).Count;
        if (f.Wants(1)) f.BackwardScratch.Slice(s.Parts * s.Columns, s.Parts * weights).Clear();
        Tiles.Run(s.Parts, 2 * Work(f.InputShape(1), f.OutputShape), (f, s, groups), static (t, part) =>
        {
            int weights = t.f.InputShape(1).Count;
            var columns = t.f.BackwardScratch.Slice(part * t.s.Columns, t.s.Columns);
            var sums = t.f.BackwardScratch.Slice(t.s.Parts * t.s.Columns + part * weights, weights);
            var (first, end) = t.s.Images(part);
            for (int image = first; image < end; image++)
            {
                if (t.f.Wants(1)) BackwardWeights(t.f, t.s, t.groups, image, columns, sums);
                if (t.f.Wants(0)) BackwardInput(t.f, t.s, t.groups, image, columns);
            }
        });
        if (f.Wants(1)) SumParts(f.BackwardScratch.Slice(s.Parts * s.Columns, s.Parts * weights), f.InputGradient(1), s.Parts);
    }

    /// <summary>The gradients of a depthwise convolution, in whichever layout the kernel was made for.</summary>
    internal static void BackwardDepthwise(Frame f, DepthwiseConvolution kernel)
    {
        var bias = f.InputCount > 2 ? f.InputGradient(2) : [];
        if (f.Wants(1) || !bias.IsEmpty) kernel.BackwardWeights(f.Input(0), f.OutputGradient, f.InputGradient(1), bias, f.BackwardScratch);
        if (!f.Wants(0)) return;
        kernel.Pack(f.Input(1), [], f.BackwardScratch);
        kernel.BackwardInput(f.OutputGradient, f.BackwardScratch, f.InputGradient(0));
    }

    private static void BackwardWeights(Frame f, in Sizes s, int groups, int image, Span<float> columns, Span<float> sums)
    {
        var dy = f.OutputGradient.Slice(image * s.Out * s.OutPlane, s.Out * s.OutPlane);
        for (int group = 0; group < groups; group++)
        {
            MatrixMultiplication.Multiply(
                s.OutputOf(dy, group, groups), false, Unfolded(f, s, groups, image, group, columns), true,
                sums.Slice(group * (s.Out / groups) * s.Depth, s.Out / groups * s.Depth), s.Out / groups, s.Depth, s.OutPlane, accumulate: true);
        }
    }

    private static void BackwardInput(Frame f, in Sizes s, int groups, int image, Span<float> columns)
    {
        var dy = f.OutputGradient.Slice(image * s.Out * s.OutPlane, s.Out * s.OutPlane);
        for (int group = 0; group < groups; group++)
        {
            var dx = s.InputOf(f.InputGradient(0), image, group, groups);
            MatrixMultiplication.Multiply(
                s.WeightsOf(f.Input(1), group, groups), true, s.OutputOf(dy, group, groups), false,
                s.Window.IsPointwise ? dx : columns, s.Depth, s.OutPlane, s.Out / groups);
            if (s.Window.IsPointwise) continue;
            dx.Clear();
            ImageToColumns.AddFolded(columns, dx, s.In / groups, s.Height, s.Width, s.Window);
        }
    }

    private static void BackwardBias(Frame f, in Sizes s) => Tiles.Run(s.Out, f.OutputShape.Count, (f, s), static (t, channel) =>
    {
        double sum = 0;
        for (int image = 0; image < t.s.Batch; image++)
            sum += Reductions.Sum(t.f.OutputGradient.Slice((image * t.s.Out + channel) * t.s.OutPlane, t.s.OutPlane));
        t.f.InputGradient(2)[channel] = (float)sum;
    });

    private static ReadOnlySpan<float> Unfolded(Frame f, in Sizes s, int groups, int image, int group, Span<float> columns)
    {
        var x = s.InputOf(f.Input(0), image, group, groups);
        if (s.Window.IsPointwise) return x;
        ImageToColumns.Unfold(x, columns, s.In / groups, s.Height, s.Width, s.Window);
        return columns;
    }

    private static void SumParts(ReadOnlySpan<float> parts, Span<float> sum, int count)
    {
        parts[..sum.Length].CopyTo(sum);
        for (int part = 1; part < count; part++) Elementwise.Add(sum, parts.Slice(part * sum.Length, sum.Length), sum);
    }

    private DepthwiseConvolution DepthwiseOf(Shape x, Shape weight) => new(x[0], x[1], x[2], x[3], WindowOf(weight), plain: true);

    private Window2d WindowOf(Shape weight) => new(new Size2d(weight[2], weight[3]), stride, padding, dilation);

    private Sizes SizesOf(Frame f) => new(f.InputShape(0), f.InputShape(1), f.OutputShape, WindowOf(f.InputShape(1)));

    private readonly struct Sizes
    {
        public readonly int Batch, In, Height, Width, Out, OutPlane, Depth, Columns, Parts;
        public readonly Window2d Window;

        public Sizes(Shape x, Shape weight, Shape output, Window2d window)
        {
            (Batch, In, Height, Width) = (x[0], x[1], x[2], x[3]);
            (Out, OutPlane, Depth, Window) = (weight[0], output[2] * output[3], weight[1] * window.Taps, window);
            Columns = window.IsPointwise ? 0 : checked(Depth * OutPlane);
            Parts = (int)Math.Clamp(ScratchLimit / Math.Max(1, Columns + weight.Count), 1, Math.Clamp(Batch, 1, MaximumParts));
        }

        public (int First, int End) Images(int part) => ((int)((long)Batch * part / Parts), (int)((long)Batch * (part + 1) / Parts));

        public ReadOnlySpan<float> InputOf(ReadOnlySpan<float> x, int image, int group, int groups) =>
            x.Slice((image * In + group * (In / groups)) * Height * Width, In / groups * Height * Width);

        public Span<float> InputOf(Span<float> x, int image, int group, int groups) =>
            x.Slice((image * In + group * (In / groups)) * Height * Width, In / groups * Height * Width);

        public ReadOnlySpan<float> WeightsOf(ReadOnlySpan<float> weight, int group, int groups) =>
            weight.Slice(group * (Out / groups) * Depth, Out / groups * Depth);

        public ReadOnlySpan<float> OutputOf(ReadOnlySpan<float> y, int group, int groups) =>
            y.Slice(group * (Out / groups) * OutPlane, Out / groups * OutPlane);

        public Span<float> OutputOf(Span<float> y, int group, int groups) => y.Slice(group * (Out / groups) * OutPlane, Out / groups * OutPlane);
    }
}

/// <summary>Two-dimensional convolution of tensors.</summary>
public static class Convolution2dExtensions
{
    extension(Tensor x)
    {
        /// <summary>The convolution (more exactly, the cross-correlation) of pictures <c>[n, in, h, w]</c>, stride 1, no padding.</summary>
        /// <param name="weight"><c>[out, in, kernel height, kernel width]</c>.</param>
        /// <param name="bias"><c>[out]</c>, or null for none.</param>
        /// <returns><c>[n, out, h - kernel height + 1, w - kernel width + 1]</c>.</returns>
        /// <exception cref="ShapeException">The channels differ, or the kernel is larger than the picture.</exception>
        public Tensor Convolve2d(Tensor weight, Tensor? bias) => x.Convolve2d(weight, bias, 1, 0, 1, 1);

        /// <summary>The convolution (more exactly, the cross-correlation) of pictures <c>[n, in, h, w]</c>.</summary>
        /// <param name="weight"><c>[out, in / groups, kernel height, kernel width]</c>.</param>
        /// <param name="bias"><c>[out]</c>, or null for none.</param>
        /// <param name="stride">How far the kernel moves from output to output, at least 1.</param>
        /// <param name="padding">Zeros around the pictures.</param>
        /// <param name="dilation">The distance between the kernel's taps, at least 1; 1 leaves no holes.</param>
        /// <param name="groups">Channels are cut into this many groups that do not see each other.</param>
        /// <returns><c>[n, out, out height, out width]</c> with out = (size + padding - dilation · (kernel - 1) - 1) / stride + 1, rounded down.</returns>
        /// <exception cref="ShapeException">The channels do not fit, or the kernel is larger than the padded picture.</exception>
        public Tensor Convolve2d(Tensor weight, Tensor? bias, Size2d stride, Padding2d padding, Size2d dilation, int groups)
        {
            var operation = new Convolution2d(stride, padding, dilation, groups);
            return bias is null ? operation.Apply(x, weight) : operation.Apply(x, weight, bias);
        }
    }
}
