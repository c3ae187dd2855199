using Gradus.Initializers;
using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>A convolution of pictures: each output is a weighted sum over a window of the input.</summary>
/// <remarks>
/// Input <c>[n, in, h, w]</c>, output <c>[n, out, h', w']</c> with h' = (h + padding - dilation · (kernel - 1) - 1) / stride + 1, rounded
/// down. Parameters: weight <c>[out, in / groups, kernel, kernel]</c>, normal by <see cref="He"/>; bias <c>[out]</c> = 0.
/// LeCun et al. 1989, "Backpropagation applied to handwritten zip code recognition".
/// </remarks>
public sealed class Conv2d : Layer
{
    private readonly Size2d _stride, _dilation;
    private readonly Padding2d _padding;
    private readonly int _groups;

    /// <summary>A convolution.</summary>
    /// <param name="channels">The input's channels; a multiple of <paramref name="groups"/>.</param>
    /// <param name="outputs">The output's channels; a multiple of <paramref name="groups"/>.</param>
    /// <param name="kernel">The window.</param>
    /// <param name="stride">How far the window moves; 1 if not given.</param>
    /// <param name="padding">Zeros around the picture; none if not given.</param>
    /// <param name="same">Pads so that the output is as large as the input (the odd row and column below and on the right); stride 1 only.</param>
    /// <param name="dilation">The distance between the window's taps; 1 if not given.</param>
    /// <param name="groups">Channels are cut into this many groups that do not see each other.</param>
    /// <param name="bias">Whether to add a bias; not needed before batch normalisation.</param>
    /// <param name="random">Where the weight's first values come from.</param>
    /// <exception cref="ArgumentException">A size is below 1, the groups do not divide the channels, or <paramref name="same"/> meets a stride or a padding.</exception>
    public Conv2d(
        int channels, int outputs, Size2d kernel, Size2d? stride = null, Padding2d padding = default, bool same = false,
        Size2d? dilation = null, int groups = 1, bool bias = true, RandomSource? random = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        if (channels % groups != 0 || outputs % groups != 0)
            throw new ArgumentException($"{groups} groups do not divide {channels} input and {outputs} output channels", nameof(groups));
        (_stride, _dilation, _groups) = (stride ?? 1, dilation ?? 1, groups);
        if (same && (_stride != 1 || padding != default))
            throw new ArgumentException($"same padding means stride 1 and no other padding; got stride {_stride} and padding {padding}", nameof(same));
        _padding = same ? Same(kernel, _dilation) : padding;
        Weight = Parameter.Zeros([outputs, channels / groups, kernel.Height, kernel.Width]);
        Bias = bias ? Parameter.Zeros([outputs]) : null;
        He.Normal(Weight, random ?? DefaultRandom.Next());
    }

    /// <summary>The window's weights, <c>[out, in / groups, kernel height, kernel width]</c>.</summary>
    public Parameter Weight { get; }

    /// <summary>One number for each output channel, <c>[out]</c>; null if the layer has none.</summary>
    public Parameter? Bias { get; }

    /// <inheritdoc/>
    /// <exception cref="ShapeException">The input's channels differ, or the window is larger than the padded picture.</exception>
    public override Tensor Forward(Tensor x) => x.Convolve2d(Weight, Bias, _stride, _padding, _dilation, _groups);

    private static Padding2d Same(Size2d kernel, Size2d dilation)
    {
        int rows = dilation.Height * (kernel.Height - 1), columns = dilation.Width * (kernel.Width - 1);
        return new Padding2d(rows / 2, columns / 2, rows - rows / 2, columns - columns / 2);
    }
}
