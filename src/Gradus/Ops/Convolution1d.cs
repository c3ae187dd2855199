namespace Gradus.Ops;

/// <summary>One-dimensional convolution of tensors: the two-dimensional one over pictures of a single row.</summary>
public static class Convolution1dExtensions
{
    extension(Tensor x)
    {
        /// <summary>The convolution (more exactly, the cross-correlation) of sequences <c>[n, in, length]</c>.</summary>
        /// <param name="weight"><c>[out, in / groups, kernel]</c>.</param>
        /// <param name="bias"><c>[out]</c>, or null for none.</param>
        /// <param name="stride">How far the kernel moves from output to output, at least 1.</param>
        /// <param name="left">Zeros before the sequence.</param>
        /// <param name="right">Zeros behind the sequence.</param>
        /// <param name="dilation">The distance between the kernel's taps, at least 1; 1 leaves no holes.</param>
        /// <param name="groups">Channels are cut into this many groups that do not see each other.</param>
        /// <returns><c>[n, out, out length]</c> with out length = (length + left + right - dilation · (kernel - 1) - 1) / stride + 1, rounded down.</returns>
        /// <exception cref="ShapeException">The channels do not fit, or the kernel is longer than the padded sequence.</exception>
        /// <remarks>Waibel, Hanazawa, Hinton, Shikano and Lang 1989, "Phoneme recognition using time-delay neural networks".</remarks>
        public Tensor Convolve1d(Tensor weight, Tensor? bias, int stride = 1, int left = 0, int right = 0, int dilation = 1, int groups = 1)
        {
            ArgumentNullException.ThrowIfNull(weight);
            if (x.Shape.Rank != 3) throw new ShapeException($"a one-dimensional convolution expects sequences [n, channels, length]; got {x.Shape}");
            if (weight.Shape.Rank != 3) throw new ShapeException($"a one-dimensional convolution's weight is [out, in / groups, kernel]; got {weight.Shape}");
            var y = Row(x).Convolve2d(Row(weight), bias, new Size2d(1, stride), new Padding2d(0, left, 0, right), new Size2d(1, dilation), groups);
            return y.Reshape(y.Shape[0], y.Shape[1], y.Shape[3]);
        }
    }

    // [a, b, length] as [a, b, 1, length]
    private static Tensor Row(Tensor x) => x.Reshape(x.Shape[0], x.Shape[1], 1, x.Shape[2]);
}
