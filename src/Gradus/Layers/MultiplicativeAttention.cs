using Gradus.Initializers;
using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>
/// Multiplicative attention: the product of a query h[t] with each step m[s] of a memory scores how well it answers, and the query gets the memory's
/// mean under these weights. score = h[t] · m[s] (dot) or h[t] · W m[s] (general), weights = softmax over s, context[t] = Σ weights[t, s] m[s].
/// </summary>
/// <remarks>
/// Queries <c>[batch, queries, query features]</c>, memory <c>[batch, keys, key features]</c>, output <c>[batch, queries, key features]</c>.
/// Parameter, of the general form alone: query.weight <c>[key features, query features]</c>, which is Wᵀ, uniform by <see cref="Xavier"/>.
/// Luong, Pham and Manning 2015, https://arxiv.org/abs/1508.04025, equations 7 and 8: the products are not scaled.
/// </remarks>
public sealed class MultiplicativeAttention : Layer
{
    private static readonly AttentionOptions Unscaled = new() { Scale = 1 };

    private readonly int _queries, _keys;

    /// <summary>Multiplicative attention.</summary>
    /// <param name="queries">Features of a query, at least 1.</param>
    /// <param name="keys">Features of a step of the memory, at least 1.</param>
    /// <param name="general">A matrix between the two; without it, they have as many features.</param>
    /// <param name="random">Where the matrix's first values come from.</param>
    /// <exception cref="ArgumentException">Without a matrix, queries and memory have different numbers of features.</exception>
    public MultiplicativeAttention(int queries, int keys, bool general = true, RandomSource? random = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(queries, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(keys, 1);
        if (!general && queries != keys) throw new ArgumentException($"queries of {queries} features and a memory of {keys} have no product: use general: true", nameof(general));
        (_queries, _keys) = (queries, keys);
        if (!general) return;
        random ??= DefaultRandom.Next();
        Query = new Linear(queries, keys, bias: false, random);
        Xavier.Uniform(Query.Weight, random);
    }

    /// <summary>Wᵀ, which queries pass through; null in the form without a matrix.</summary>
    public Linear? Query { get; }

    /// <summary>The sequence attends to itself: each step gets a mean of all; only where queries and memory have as many features.</summary>
    /// <param name="x"><c>[batch, time, features]</c>.</param>
    /// <returns><c>[batch, time, features]</c>.</returns>
    /// <exception cref="ShapeException">The input has another shape.</exception>
    public override Tensor Forward(Tensor x) => Forward(x, x);

    /// <summary>The memory's mean under each query's weights, which are not kept.</summary>
    /// <param name="query"><c>[batch, queries, query features]</c>.</param>
    /// <param name="memory"><c>[batch, keys, key features]</c>; what stands behind a sequence's end is not read.</param>
    /// <param name="lengths">How many steps of each memory exist, <c>[batch]</c>; null if all do.</param>
    /// <returns><c>[batch, queries, key features]</c>.</returns>
    /// <exception cref="ShapeException">An input has another shape.</exception>
    /// <exception cref="ArgumentException">The lengths are not one for each memory, or one is out of range.</exception>
    public Tensor Forward(Tensor query, Tensor memory, IntTensor? lengths = null) =>
        Project(query, memory).Attention(memory, memory, heads: 1, Unscaled, lengths);

    /// <summary>The weights themselves, to look at: they sum to 1 and are 0 behind a memory's end.</summary>
    /// <param name="query"><c>[batch, queries, query features]</c>.</param>
    /// <param name="memory"><c>[batch, keys, key features]</c>.</param>
    /// <param name="lengths">How many steps of each memory exist, <c>[batch]</c>; null if all do.</param>
    /// <returns><c>[batch, queries, keys]</c>.</returns>
    /// <exception cref="ShapeException">An input has another shape.</exception>
    /// <exception cref="ArgumentException">The lengths are not one for each memory, or one is out of range.</exception>
    public Tensor Weights(Tensor query, Tensor memory, IntTensor? lengths = null)
    {
        var scores = Project(query, memory).MatMul(memory, transposeB: true);   // [batch, queries, keys]
        return lengths is null ? scores.Softmax() : scores.MaskedSoftmax(lengths);
    }

    private Tensor Project(Tensor query, Tensor memory)                         // [batch, queries, key features]
    {
        RequireSequences(query, _queries, "queries");
        RequireSequences(memory, _keys, "a memory");
        return Query is null ? query : Query.Forward(query);
    }

    private static void RequireSequences(Tensor x, int features, string what)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Shape.Rank != 3 || x.Shape[2] != features) throw new ShapeException($"multiplicative attention expects {what} [batch, time, {features}]; got {x.Shape}");
    }
}
