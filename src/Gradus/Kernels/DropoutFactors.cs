using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Gradus.Kernels;

/// <summary>Factors of inverted dropout from <see cref="Philox"/>'s blocks, many blocks at once: 0, or 1 / (1 - rate).</summary>
internal static unsafe class DropoutFactors
{
    private const uint MultiplierA = 0xD2511F53, MultiplierB = 0xCD9E8D57, WeylA = 0x9E3779B9, WeylB = 0xBB67AE85; // as in Philox
    private const int Rounds = 10;
    private const int Blocks = 16; // of the widest vector

    /// <summary>factors[4i + word] from number <c>word</c> of block first + i, as far as they reach.</summary>
    /// <param name="generator">The random numbers.</param>
    /// <param name="stream">Which stream.</param>
    /// <param name="first">The first block's number.</param>
    /// <param name="rate">The probability of 0.</param>
    /// <param name="factors">Any number of them.</param>
    public static void Fill(Philox generator, ulong stream, uint first, float rate, Span<float> factors)
    {
        float* words = stackalloc float[4 * Blocks], last = stackalloc float[4 * Blocks];
        fixed (float* start = factors)
        {
            for (int i = 0; i < factors.Length; i += 4 * Blocks, first += Blocks)
            {
                Fill(generator, stream, 0, first, 1, rate, words, Blocks);
                bool whole = i + 4 * Blocks <= factors.Length;
                Transposition.Copy(words, Blocks, 4, Blocks, whole ? start + i : last, 4);
                if (!whole) new ReadOnlySpan<float>(last, factors.Length - i).CopyTo(factors[i..]);
            }
        }
    }

    /// <summary>factors[word, i] from number <c>word</c> of block (upper, first + i · step), for the four words of every block.</summary>
    /// <param name="generator">The random numbers.</param>
    /// <param name="stream">Which stream.</param>
    /// <param name="upper">The upper 32 bits of the blocks' numbers.</param>
    /// <param name="first">The lower 32 bits of the first block's number.</param>
    /// <param name="step">From one block to the next.</param>
    /// <param name="rate">The probability of 0.</param>
    /// <param name="factors">[4, count].</param>
    /// <param name="count">How many blocks.</param>
    public static void Fill(Philox generator, ulong stream, uint upper, uint first, uint step, float rate, float* factors, int count)
    {
        uint threshold = (uint)(rate * 4294967296.0); // rate · 2³²: a number below it drops
        float kept = 1 / (1 - rate);
        int i = 0;
        if (Avx512F.IsSupported && Vector512.IsHardwareAccelerated)
        {
            for (; i + 16 <= count; i += 16) Sixteen(generator.Key, stream, upper, first + (uint)i * step, step, threshold, kept, factors + i, count);
        }
        else if (Avx2.IsSupported && Vector256.IsHardwareAccelerated)
        {
            for (; i + 8 <= count; i += 8) Eight(generator.Key, stream, upper, first + (uint)i * step, step, threshold, kept, factors + i, count);
        }

        for (; i < count; i++)
        {
            var (a, b, c, d) = generator.Block(stream, ((ulong)upper << 32) | (first + (uint)i * step));
            factors[i] = a < threshold ? 0 : kept;
            factors[count + i] = b < threshold ? 0 : kept;
            factors[2 * count + i] = c < threshold ? 0 : kept;
            factors[3 * count + i] = d < threshold ? 0 : kept;
        }
    }

    // The state's words stand in the lower halves of 64-bit lanes, which is where the widening multiplication reads; the upper halves are never read.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sixteen(ulong key, ulong stream, uint upper, uint first, uint step, uint threshold, float kept, float* factors, int stride)
    {
        var numbers = Vector512.Create(first) + Vector512<uint>.Indices * step;
        var (a, e) = Vector512.Widen(numbers);
        Vector512<ulong> b = Vector512.Create((ulong)upper), c = Vector512.Create(stream), d = Vector512.Create(stream >> 32), f = b, g = c, h = d;
        Vector512<uint> multiplierA = Vector512.Create(MultiplierA), multiplierB = Vector512.Create(MultiplierB);
        uint keyA = (uint)key, keyB = (uint)(key >> 32);
        for (int round = 0; round < Rounds; round++)
        {
            Vector512<ulong> roundA = Vector512.Create((ulong)keyA), roundB = Vector512.Create((ulong)keyB);
            Vector512<ulong> productA = Avx512F.Multiply(multiplierA, a.AsUInt32()), productB = Avx512F.Multiply(multiplierB, c.AsUInt32());
            Vector512<ulong> productE = Avx512F.Multiply(multiplierA, e.AsUInt32()), productG = Avx512F.Multiply(multiplierB, g.AsUInt32());
            (a, b, c, d) = ((productB >>> 32) ^ b ^ roundA, productB, (productA >>> 32) ^ d ^ roundB, productA);
            (e, f, g, h) = ((productG >>> 32) ^ f ^ roundA, productG, (productE >>> 32) ^ h ^ roundB, productE);
            keyA += WeylA;
            keyB += WeylB;
        }

        Store(Vector512.Narrow(a, e), threshold, kept, factors);
        Store(Vector512.Narrow(b, f), threshold, kept, factors + stride);
        Store(Vector512.Narrow(c, g), threshold, kept, factors + 2 * stride);
        Store(Vector512.Narrow(d, h), threshold, kept, factors + 3 * stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<uint> numbers, uint threshold, float kept, float* factors) =>
        Vector512.ConditionalSelect(Vector512.LessThan(numbers, Vector512.Create(threshold)).AsSingle(), Vector512<float>.Zero, Vector512.Create(kept)).Store(factors);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Eight(ulong key, ulong stream, uint upper, uint first, uint step, uint threshold, float kept, float* factors, int stride)
    {
        var numbers = Vector256.Create(first) + Vector256<uint>.Indices * step;
        var (a, e) = Vector256.Widen(numbers);
        Vector256<ulong> b = Vector256.Create((ulong)upper), c = Vector256.Create(stream), d = Vector256.Create(stream >> 32), f = b, g = c, h = d;
        Vector256<uint> multiplierA = Vector256.Create(MultiplierA), multiplierB = Vector256.Create(MultiplierB);
        uint keyA = (uint)key, keyB = (uint)(key >> 32);
        for (int round = 0; round < Rounds; round++)
        {
            Vector256<ulong> roundA = Vector256.Create((ulong)keyA), roundB = Vector256.Create((ulong)keyB);
            Vector256<ulong> productA = Avx2.Multiply(multiplierA, a.AsUInt32()), productB = Avx2.Multiply(multiplierB, c.AsUInt32());
            Vector256<ulong> productE = Avx2.Multiply(multiplierA, e.AsUInt32()), productG = Avx2.Multiply(multiplierB, g.AsUInt32());
            (a, b, c, d) = ((productB >>> 32) ^ b ^ roundA, productB, (productA >>> 32) ^ d ^ roundB, productA);
            (e, f, g, h) = ((productG >>> 32) ^ f ^ roundA, productG, (productE >>> 32) ^ h ^ roundB, productE);
            keyA += WeylA;
            keyB += WeylB;
        }

        Store(Vector256.Narrow(a, e), threshold, kept, factors);
        Store(Vector256.Narrow(b, f), threshold, kept, factors + stride);
        Store(Vector256.Narrow(c, g), threshold, kept, factors + 2 * stride);
        Store(Vector256.Narrow(d, h), threshold, kept, factors + 3 * stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<uint> numbers, uint threshold, float kept, float* factors) =>
        Vector256.ConditionalSelect(Vector256.LessThan(numbers, Vector256.Create(threshold)).AsSingle(), Vector256<float>.Zero, Vector256.Create(kept)).Store(factors);
}
