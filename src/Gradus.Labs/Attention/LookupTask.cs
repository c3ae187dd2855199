namespace Gradus.Labs.Attention;

/// <summary>
/// A table in a sequence: every step holds a key, its value, and the key of another step; asked at every step is the value of that other key. Keys are those
/// of all steps in random order, so that nothing but looking the key up gives the answer; guessing is right in one of <see cref="Values"/>.
/// </summary>
/// <remarks>The associative recall of Ba, Hinton, Mnih, Leibo and Ionescu 2016, https://arxiv.org/abs/1610.06258, section 4.1, with a question at every step.</remarks>
internal static class LookupTask
{
    public const int Values = 8;

    /// <summary>Sequences <c>[count, steps, steps + values + steps]</c>, one-hot three times, and the values <c>[count, steps]</c>.</summary>
    public static (Tensor Inputs, IntTensor Labels) Make(int count, int steps, ulong seed)
    {
        var random = new RandomSource(seed);
        int features = Features(steps);
        var (inputs, labels) = (Tensor.Zeros([count, steps, features]), new int[count * steps]);
        for (int i = 0; i < count; i++)
        {
            int[] keys = random.Permutation(steps), asked = random.Permutation(steps), values = [.. Enumerable.Range(0, steps).Select(_ => random.Next(Values))];
            for (int t = 0; t < steps; t++)
            {
                var step = inputs.Span.Slice((i * steps + t) * features, features);
                step[keys[t]] = step[steps + values[t]] = step[steps + Values + keys[asked[t]]] = 1;
                labels[i * steps + t] = values[asked[t]];
            }
        }

        return (inputs, new IntTensor(labels, [count, steps]));
    }

    public static int Features(int steps) => steps + Values + steps;
}
