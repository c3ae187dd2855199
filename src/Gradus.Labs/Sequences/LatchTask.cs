namespace Gradus.Labs.Sequences;

/// <summary>
/// One bit to keep: at every step +1 or -1 by chance and a mark, which is set at the first step alone. Asked at the end is the sign at the
/// mark; all others are there to be ignored. Who remembers nothing is right in half of all cases.
/// </summary>
/// <remarks>The latching problem of Bengio, Simard and Frasconi 1994, https://doi.org/10.1109/72.279181, section 2, with signs as noise.</remarks>
internal static class LatchTask
{
    public const int Features = 2, Classes = 2;

    /// <summary>Sequences <c>[count, gap + 1, 2]</c>, so that the gap lies between the marked step and the last, and labels <c>[count]</c>.</summary>
    public static (Tensor Inputs, IntTensor Labels) Make(int count, int gap, ulong seed)
    {
        int length = gap + 1;
        var random = new RandomSource(seed);
        var (inputs, labels, signs) = (Tensor.Zeros([count, length, Features]), new int[count], new float[length]);
        for (int i = 0; i < count; i++)
        {
            random.Uniform(signs, -1, 1);
            var sequence = inputs.Span.Slice(i * length * Features, length * Features);
            for (int t = 0; t < length; t++) sequence[t * Features] = MathF.CopySign(1, signs[t]);
            sequence[1] = 1;
            labels[i] = signs[0] < 0 ? 0 : 1;
        }

        return (inputs, new IntTensor(labels));
    }
}
