using Gradus.Initializers;
using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>A transposed convolution of pictures: each pixel spreads over a window of a larger picture, as a learned up-sampling.</summary>
/// <remarks>
/// Input <c>[n, in, h, w]</c>, output <c>[n, out, h', w']</c> with h' = (h - 1) · stride - padding + dilation · (kernel - 1) + output padding + 1.
/// Parameters: weight <c>[in, out / groups, kernel, kernel]</c>, normal with variance 2 · stride² / (in / groups · kernel²), which keeps the
/// variance before ReLU; bias <c>[out]</c> = 0. Dumoulin and Visin 2016, https://arxiv.org/abs/1603.07285, chapter 4.
/// </remarks>
public sealed class TransposedConv2d : Layer
{
    private readonly Size2d _stride, _outputPadding, _dilation;
    private readonly Padding2d _padding;
    private readonly int _groups;

    /// <summary>A transposed convolution.</summary>
    /// <param name="channels">The input's channels; a multiple of <paramref name="groups"/>.</param>
    /// <param name="outputs">The output's channels; a multiple of <paramref name="groups"/>.</param>
    /// <param name="kernel">The window.</param>
    /// <param name="stride">How far apart the windows of neighbouring pixels lie; 1 if not given.</param>
    /// <param name="padding">Rows and columns that are cut off the result.</param>
    /// <param name="outputPadding">Rows and columns more below and on the right; smaller than the stride; none if not given.</param>
    /// <param name="dilation">The distance between the window's taps; 1 if not given.</param>
    /// <param name="groups">Channels are cut into this many groups that do not see each other.</param>
    /// <param name="bias">Whether to add a bias.</param>
    /// <param name="random">Where the weight's first values come from.</param>
    /// <exception cref="ArgumentException">A size is below 1, or the groups do not divide the channels.</exception>
    public TransposedConv2d(
        int channels, int outputs, Size2d kernel, Size2d? stride = null, Padding2d padding = default, Size2d outputPadding = default,
        Size2d? dilation = null, int groups = 1, bool bias = true, RandomSource? random = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        if (channels % groups != 0 || outputs % groups != 0)
            throw new ArgumentException($"{groups} groups do not divide {channels} input and {outputs} output channels", nameof(groups));
        (_stride, _padding, _outputPadding, _dilation, _groups) = (stride ?? 1, padding, outputPadding, dilation ?? 1, groups);
        Weight = Parameter.Zeros([channels, outputs / groups, kernel.Height, kernel.Width]);
        Bias = bias ? Parameter.Zeros([outputs]) : null;
        float inputs = channels / groups * (float)kernel.Height * kernel.Width / (_stride.Height * _stride.Width); // that reach one output
        (random ?? DefaultRandom.Next()).Normal(Weight.Span, 0, MathF.Sqrt(2 / inputs));
    }

    /// <summary>The window's weights, <c>[in, out / groups, kernel height, kernel width]</c>.</summary>
    public Parameter Weight { get; }

    /// <summary>One number for each output channel, <c>[out]</c>; null if the layer has none.</summary>
    public Parameter? Bias { get; }

    /// <inheritdoc/>
    /// <exception cref="ShapeException">The input's channels differ, or nothing is left of the picture.</exception>
    public override Tensor Forward(Tensor x) => x.TransposedConvolve2d(Weight, Bias, _stride, _padding, _outputPadding, _dilation, _groups);
}
