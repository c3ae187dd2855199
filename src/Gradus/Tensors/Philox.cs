using System.Runtime.CompilerServices;

namespace Gradus;

/// <summary>
/// Counter-based random numbers: block number <c>i</c> of a stream is a pure function of the key and <c>i</c>, so any thread can
/// draw any part and the result is the same on any number of threads.
/// </summary>
/// <remarks>Philox4x32-10. Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3", section 5.</remarks>
public readonly struct Philox(ulong key)
{
    private const uint MultiplierA = 0xD2511F53, MultiplierB = 0xCD9E8D57; // the paper's constants
    private const uint WeylA = 0x9E3779B9, WeylB = 0xBB67AE85;             // golden ratio and sqrt(3) - 1
    private const int Rounds = 10;

    /// <summary>The key.</summary>
    internal ulong Key => key;

    /// <summary>The four 32-bit numbers of one block.</summary>
    /// <param name="stream">Which stream: a different sequence for each value.</param>
    /// <param name="block">The position in the stream.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public (uint A, uint B, uint C, uint D) Block(ulong stream, ulong block)
    {
        uint a = (uint)block, b = (uint)(block >> 32), c = (uint)stream, d = (uint)(stream >> 32);
        uint keyA = (uint)key, keyB = (uint)(key >> 32);
        for (int round = 0; round < Rounds; round++)
        {
            ulong productA = (ulong)MultiplierA * a, productB = (ulong)MultiplierB * c;
            (a, b, c, d) = ((uint)(productB >> 32) ^ b ^ keyA, (uint)productB, (uint)(productA >> 32) ^ d ^ keyB, (uint)productA);
            keyA += WeylA;
            keyB += WeylB;
        }

        return (a, b, c, d);
    }

    /// <summary>A 32-bit number as a float in [0, 1).</summary>
    public static float ToUnit(uint bits) => (bits >> 8) * (1f / (1 << 24));
}
