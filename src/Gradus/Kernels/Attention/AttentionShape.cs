namespace Gradus.Kernels;

/// <summary>Where heads lie in memory: floats from one batch entry, head and time step to the next. One head's numbers of one time step lie side by side.</summary>
/// <param name="Batch">From one sequence to the next.</param>
/// <param name="Head">From one head to the next.</param>
/// <param name="Time">From one time step to the next.</param>
internal readonly record struct HeadStrides(nint Batch, nint Head, nint Time);

/// <summary>What one call of attention computes, and how its operands lie.</summary>
/// <param name="Batch">Sequences.</param>
/// <param name="Heads">Heads of each sequence.</param>
/// <param name="Queries">Time steps that ask.</param>
/// <param name="Keys">Time steps that are asked.</param>
/// <param name="HeadSize">Numbers of one head at one time step, at least 1.</param>
/// <param name="Query">Of the queries and their gradient.</param>
/// <param name="Key">Of the keys, the values and their gradients.</param>
/// <param name="Output">Of the output and its gradient.</param>
/// <param name="Scale">The factor of query · key.</param>
/// <param name="Causal">Query i sees the keys 0 ... i alone.</param>
internal readonly record struct AttentionShape(
    int Batch, int Heads, int Queries, int Keys, int HeadSize, HeadStrides Query, HeadStrides Key, HeadStrides Output, float Scale, bool Causal)
{
    /// <summary>Floats from one sequence's mask <c>[queries, keys]</c> to the next one's; 0 if all have the same.</summary>
    public nint MaskBatch { get; init; }

    /// <summary>Floats from one head's mask to the next one's; 0 if all have the same.</summary>
    public nint MaskHead { get; init; }

    /// <summary>What forward keeps: each row's maximum and the inverse of its sum, <c>[batch, heads, 2, queries]</c>.</summary>
    public int StatisticsLength => 2 * Batch * Heads * Queries;
}

/// <summary>Which weights are dropped: a pure function of the generator, the stream and the weight's place.</summary>
/// <param name="Generator">The random numbers.</param>
/// <param name="Stream">The stream of this pass.</param>
/// <param name="Rate">The probability of 0; none is dropped at 0.</param>
/// <remarks>
/// The weight of query i and key j in head h of sequence b draws number j mod 4 of the block whose upper half is b · heads + h and whose
/// lower half is i · ⌈keys / 4⌉ + ⌊j / 4⌋.
/// </remarks>
internal readonly record struct AttentionDropout(Philox Generator, ulong Stream, float Rate);
