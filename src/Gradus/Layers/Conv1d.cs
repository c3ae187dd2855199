using Gradus.Initializers;
using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>A convolution of sequences: each output is a weighted sum over a window of the input.</summary>
/// <remarks>
/// Input <c>[n, in, length]</c>, output <c>[n, out, length']</c> with length' = (length + 2 · padding - dilation · (kernel - 1) - 1) / stride + 1,
/// rounded down. Parameters: weight <c>[out, in / groups, kernel]</c>, normal by <see cref="He"/>; bias <c>[out]</c> = 0.
/// Waibel, Hanazawa, Hinton, Shikano and Lang 1989, "Phoneme recognition using time-delay neural networks".
/// </remarks>
public sealed class Conv1d : Layer
{
    private readonly int _stride, _left, _right, _dilation, _groups;

    /// <summary>A convolution.</summary>
    /// <param name="channels">The input's channels; a multiple of <paramref name="groups"/>.</param>
    /// <param name="outputs">The output's channels; a multiple of <paramref name="groups"/>.</param>
    /// <param name="kernel">The window's length.</param>
    /// <param name="stride">How far the window moves.</param>
    /// <param name="padding">Zeros at either end of the sequence.</param>
    /// <param name="same">Pads so that the output is as long as the input (the odd zero behind); stride 1 only.</param>
    /// <param name="dilation">The distance between the window's taps.</param>
    /// <param name="groups">Channels are cut into this many groups that do not see each other.</param>
    /// <param name="bias">Whether to add a bias.</param>
    /// <param name="random">Where the weight's first values come from.</param>
    /// <exception cref="ArgumentException">A size is below 1, the groups do not divide the channels, or <paramref name="same"/> meets a stride or a padding.</exception>
    public Conv1d(
        int channels, int outputs, int kernel, int stride = 1, int padding = 0, bool same = false, int dilation = 1, int groups = 1, bool bias = true,
        RandomSource? random = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(kernel, 1);
        if (channels % groups != 0 || outputs % groups != 0)
            throw new ArgumentException($"{groups} groups do not divide {channels} input and {outputs} output channels", nameof(groups));
        if (same && (stride != 1 || padding != 0))
            throw new ArgumentException($"same padding means stride 1 and no other padding; got stride {stride} and padding {padding}", nameof(same));
        int missing = dilation * (kernel - 1);
        (_left, _right) = same ? (missing / 2, missing - missing / 2) : (padding, padding);
        (_stride, _dilation, _groups) = (stride, dilation, groups);
        Weight = Parameter.Zeros([outputs, channels / groups, kernel]);
        Bias = bias ? Parameter.Zeros([outputs]) : null;
        He.Normal(Weight, random ?? DefaultRandom.Next());
    }

    /// <summary>The window's weights, <c>[out, in / groups, kernel]</c>.</summary>
    public Parameter Weight { get; }

    /// <summary>One number for each output channel, <c>[out]</c>; null if the layer has none.</summary>
    public Parameter? Bias { get; }

    /// <inheritdoc/>
    /// <exception cref="ShapeException">The input's channels differ, or the window is longer than the padded sequence.</exception>
    public override Tensor Forward(Tensor x) => x.Convolve1d(Weight, Bias, _stride, _left, _right, _dilation, _groups);
}
