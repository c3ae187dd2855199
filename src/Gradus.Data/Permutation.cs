namespace Gradus.Data;

/// <summary>Random orders that depend on their seed alone: not on the platform, the threads or the version of .NET.</summary>
/// <remarks>
/// Fisher-Yates (Durstenfeld 1964) over SplitMix64 (Steele, Lea and Flood 2014, https://doi.org/10.1145/2714064.2660195),
/// with the unbiased bounded draw of Lemire 2019, https://arxiv.org/abs/1805.10941.
/// </remarks>
public static class Permutation
{
    /// <summary>Fills <paramref name="order"/> with 0 ... n - 1 in the order that belongs to this seed and epoch.</summary>
    public static void Fill(Span<int> order, ulong seed, long epoch)
    {
        for (int i = 0; i < order.Length; i++) order[i] = i;
        Shuffle(order, Mix(seed) + Mix(~(ulong)epoch)); // mixed apart: (seed 1, epoch 0) and (seed 0, epoch 1) are unrelated
    }

    /// <summary>Puts <paramref name="items"/> into the random order that belongs to <paramref name="seed"/>.</summary>
    public static void Shuffle(Span<int> items, ulong seed)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = (int)Below((uint)i + 1, ref seed);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private static uint Below(uint bound, ref ulong state)
    {
        ulong product = (Next(ref state) >> 32) * bound;
        if ((uint)product < bound)
        {
            uint rejected = (0u - bound) % bound;
            while ((uint)product < rejected) product = (Next(ref state) >> 32) * bound;
        }

        return (uint)(product >> 32);
    }

    private static ulong Next(ref ulong state) => Mix(state += 0x9E3779B97F4A7C15); // the golden ratio in 64 bits

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
