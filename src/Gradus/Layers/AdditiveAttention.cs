using Gradus.Initializers;
using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>
/// Additive attention: a small network scores how well each step h[j] of a memory answers a query s[i], and the query gets the memory's mean
/// under these weights. e[i, j] = v · tanh(W s[i] + U h[j]), weights = softmax of e[i] over j, context[i] = Σ weights[i, j] h[j].
/// </summary>
/// <remarks>
/// Queries <c>[batch, queries, query features]</c>, memory <c>[batch, keys, key features]</c>, output <c>[batch, queries, key features]</c>.
/// Parameters: query.weight W <c>[hidden, query features]</c> and key.weight U <c>[hidden, key features]</c>, uniform by <see cref="Xavier"/>;
/// v <c>[hidden]</c>, uniform in ±1/√hidden. Bahdanau, Cho and Bengio 2015, https://arxiv.org/abs/1409.0473, equations 5 and 6 and
/// appendix A.1.2.
/// </remarks>
public sealed class AdditiveAttention : Layer
{
    private readonly int _queries, _keys;

    /// <summary>Additive attention.</summary>
    /// <param name="queries">Features of a query, at least 1.</param>
    /// <param name="keys">Features of a step of the memory, at least 1.</param>
    /// <param name="hidden">Features of the network that scores, at least 1.</param>
    /// <param name="random">Where the parameters' first values come from.</param>
    public AdditiveAttention(int queries, int keys, int hidden, RandomSource? random = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(queries, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(keys, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(hidden, 1);
        (_queries, _keys) = (queries, keys);
        random ??= DefaultRandom.Next();
        Query = new Linear(queries, hidden, bias: false, random);
        Key = new Linear(keys, hidden, bias: false, random);
        V = Parameter.Zeros([hidden]);
        Xavier.Uniform(Query.Weight, random);
        Xavier.Uniform(Key.Weight, random);
        random.Uniform(V.Span, -1 / MathF.Sqrt(hidden), 1 / MathF.Sqrt(hidden));
    }

    /// <summary>W, which queries pass through.</summary>
    public Linear Query { get; }

    /// <summary>U, which the memory passes through.</summary>
    public Linear Key { get; }

    /// <summary>v, <c>[hidden]</c>.</summary>
    public Parameter V { get; }

    /// <summary>The sequence attends to itself: each step gets a mean of all; only where queries and memory have as many features.</summary>
    /// <param name="x"><c>[batch, time, features]</c>.</param>
    /// <returns><c>[batch, time, features]</c>.</returns>
    /// <exception cref="ShapeException">The input has another shape.</exception>
    public override Tensor Forward(Tensor x) => Forward(x, x);

    /// <summary>The memory's mean under each query's weights.</summary>
    /// <param name="query"><c>[batch, queries, query features]</c>.</param>
    /// <param name="memory"><c>[batch, keys, key features]</c>; behind a sequence's end anything finite.</param>
    /// <param name="lengths">How many steps of each memory exist, <c>[batch]</c>; null if all do.</param>
    /// <returns><c>[batch, queries, key features]</c>.</returns>
    /// <exception cref="ShapeException">An input has another shape.</exception>
    /// <exception cref="ArgumentException">The lengths are not one for each memory, or one is out of range.</exception>
    public Tensor Forward(Tensor query, Tensor memory, IntTensor? lengths = null) => Attend(query, memory, lengths).Context;

    /// <summary>The memory's mean under each query's weights, and the weights, which sum to 1 and are 0 behind a memory's end.</summary>
    /// <param name="query"><c>[batch, queries, query features]</c>.</param>
    /// <param name="memory"><c>[batch, keys, key features]</c>; behind a sequence's end anything finite.</param>
    /// <param name="lengths">How many steps of each memory exist, <c>[batch]</c>; null if all do.</param>
    /// <param name="projected">U h of the memory, <c>[batch, keys, hidden]</c>, from <see cref="Key"/>, for a decoder that asks one memory at many steps; null to compute it.</param>
    /// <returns>Context <c>[batch, queries, key features]</c> and weights <c>[batch, queries, keys]</c>.</returns>
    /// <exception cref="ShapeException">An input has another shape.</exception>
    /// <exception cref="ArgumentException">The lengths are not one for each memory, or one is out of range.</exception>
    public (Tensor Context, Tensor Weights) Attend(Tensor query, Tensor memory, IntTensor? lengths = null, Tensor? projected = null)
    {
        RequireSequences(query, _queries, "queries");
        RequireSequences(memory, _keys, "a memory");
        var scores = Query.Forward(query).AdditiveScores(projected ?? Key.Forward(memory), V);  // [batch, queries, keys]
        var weights = lengths is null ? scores.Softmax() : scores.MaskedSoftmax(lengths);
        return (weights.MatMul(memory), weights);                                               // [batch, queries, key features]
    }

    private static void RequireSequences(Tensor x, int features, string what)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Shape.Rank != 3 || x.Shape[2] != features) throw new ShapeException($"additive attention expects {what} [batch, time, {features}]; got {x.Shape}");
    }
}
