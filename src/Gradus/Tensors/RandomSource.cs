namespace Gradus;

/// <summary>
/// A seeded stream of random numbers: (seed, position) is its whole state, so a checkpoint holds it in two numbers.
/// </summary>
/// <remarks>Each fill takes one number of the sequence and draws all its elements from a stream of that number (<see cref="Philox"/>).</remarks>
public sealed class RandomSource(ulong seed)
{
    private readonly Philox _philox = new(seed);

    /// <summary>The seed.</summary>
    public ulong Seed => seed;

    /// <summary>How many fills have been drawn; set it to continue a saved sequence.</summary>
    public ulong Position { get; set; }

    /// <summary>Takes the next stream number: its elements are then drawn with <see cref="Philox.Block"/>, by any thread.</summary>
    public ulong NextStream() => Position++;

    internal Philox Generator => _philox;

    /// <summary>A whole number in [0, <paramref name="bound"/>).</summary>
    public int Next(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        return (int)(((ulong)_philox.Block(NextStream(), 0).A * (ulong)bound) >> 32);
    }

    /// <summary>Fills with uniform numbers in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public void Uniform(Span<float> values, float low = 0, float high = 1)
    {
        ulong stream = NextStream();
        for (int i = 0; i < values.Length; i += 4)
        {
            var (a, b, c, d) = _philox.Block(stream, (ulong)(i / 4));
            values[i] = Scale(a);
            if (i + 1 < values.Length) values[i + 1] = Scale(b);
            if (i + 2 < values.Length) values[i + 2] = Scale(c);
            if (i + 3 < values.Length) values[i + 3] = Scale(d);
        }

        float Scale(uint bits) => low + (high - low) * Philox.ToUnit(bits);
    }

    /// <summary>Fills with normal numbers (Box and Muller 1958).</summary>
    public void Normal(Span<float> values, float mean = 0, float deviation = 1)
    {
        ulong stream = NextStream();
        for (int i = 0; i < values.Length; i += 2)
        {
            var (a, b, _, _) = _philox.Block(stream, (ulong)(i / 2));
            float radius = deviation * MathF.Sqrt(-2 * MathF.Log(1 - Philox.ToUnit(a)));
            var (sine, cosine) = MathF.SinCos(2 * MathF.PI * Philox.ToUnit(b));
            values[i] = mean + radius * cosine;
            if (i + 1 < values.Length) values[i + 1] = mean + radius * sine;
        }
    }

    /// <summary>A random order of 0 ... <paramref name="count"/> - 1 (Fisher and Yates).</summary>
    public int[] Permutation(int count)
    {
        var order = new int[count];
        for (int i = 0; i < count; i++) order[i] = i;
        ulong stream = NextStream();
        for (int i = count - 1; i > 0; i--)
        {
            int other = (int)(((ulong)_philox.Block(stream, (ulong)i).A * (ulong)(i + 1)) >> 32);
            (order[i], order[other]) = (order[other], order[i]);
        }

        return order;
    }
}
