using System.Numerics.Tensors;

namespace Gradus.Data;

/// <summary>
/// The random numbers of one augmentation on one sample in one epoch. They are a function of (seed, epoch, sample, number of the
/// augmentation) and of nothing else, so that any thread may prepare any sample and a resumed training sees what it would have seen.
/// </summary>
/// <remarks>The seed is the key of a <see cref="Philox"/>, epoch and sample make the stream, the augmentation's number and a counter the block.</remarks>
public struct RandomDraws
{
    private const int CounterBits = 32;

    private readonly Philox _philox;
    private readonly ulong _stream;
    private ulong _block;
    private int _used = 4;
    private (uint A, uint B, uint C, uint D) _words;

    /// <summary>The numbers of one augmentation on one sample.</summary>
    /// <param name="seed">The training's seed.</param>
    /// <param name="epoch">The epoch, from 0; 32 bits of it count.</param>
    /// <param name="sample">The sample's place in the training set.</param>
    /// <param name="augmentation">The augmentation's number, from 1: the blocks of number 0 are those that a <see cref="RandomSource"/> of the same seed draws.</param>
    public RandomDraws(ulong seed, long epoch, int sample, int augmentation) =>
        (_philox, _stream, _block) = (new Philox(seed), ((ulong)epoch << 32) | (uint)sample, (ulong)augmentation << CounterBits);

    /// <summary>A number in [0, 1).</summary>
    public float Unit() => Philox.ToUnit(Next());

    /// <summary>A number in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public float Between(float low, float high) => low + (high - low) * Unit();

    /// <summary>A whole number from 0 to <paramref name="bound"/> - 1.</summary>
    public int Below(int bound) => (int)((Next() * (ulong)bound) >> 32);

    /// <summary>True with this probability.</summary>
    public bool Chance(float probability) => Unit() < probability;

    /// <summary>Fills with uniform numbers in [0, 1).</summary>
    public void Uniform(Span<float> values)
    {
        int i = 0;
        for (; i + 4 <= values.Length; i += 4)
        {
            var (a, b, c, d) = _philox.Block(_stream, _block++);
            (values[i], values[i + 1], values[i + 2], values[i + 3]) = (Philox.ToUnit(a), Philox.ToUnit(b), Philox.ToUnit(c), Philox.ToUnit(d));
        }

        for (; i < values.Length; i++) values[i] = Unit();
    }

    /// <summary>Fills with normal numbers of mean 0 and deviation 1 (Box and Muller 1958).</summary>
    /// <param name="values">What is filled.</param>
    /// <param name="scratch">At least as long, and one more.</param>
    public void Normal(Span<float> values, Span<float> scratch)
    {
        int half = (values.Length + 1) / 2;
        Span<float> radii = scratch[..half], angles = scratch.Slice(half, half);
        Uniform(scratch[..(2 * half)]);
        TensorPrimitives.Subtract(1f, radii, radii); // (0, 1]: the logarithm of 0 would be infinite
        TensorPrimitives.Log(radii, radii);
        TensorPrimitives.Multiply(radii, -2f, radii);
        TensorPrimitives.Sqrt(radii, radii);
        TensorPrimitives.Multiply(angles, 2 * MathF.PI, angles);
        TensorPrimitives.Cos(angles, values[..half]);
        TensorPrimitives.Multiply(values[..half], radii, values[..half]);
        int rest = values.Length - half;
        TensorPrimitives.Sin(angles[..rest], values[half..]);
        TensorPrimitives.Multiply(values[half..], radii[..rest], values[half..]);
    }

    private uint Next()
    {
        if (_used == 4) (_words, _used) = (_philox.Block(_stream, _block++), 0);
        return _used++ switch { 0 => _words.A, 1 => _words.B, 2 => _words.C, _ => _words.D };
    }
}
