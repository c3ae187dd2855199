using System.Numerics.Tensors;
using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>
/// How well each key answers each query: e[i, j] = v · tanh(q[i] + k[j]). With t = tanh(...): dq[i] = Σ over j of de[i, j] v (1 - t²),
/// dk[j] the same over i, dv = Σ de t.
/// </summary>
/// <remarks>Bahdanau, Cho and Bengio 2015, https://arxiv.org/abs/1409.0473, appendix A.1.2; q and k are W s and U h there.</remarks>
internal sealed class AdditiveScores : Operation
{
    private const int Query = 0, Key = 1, V = 2;

    // inputs: q [batch, queries, hidden], k [batch, keys, hidden], v [hidden]; output: [batch, queries, keys]
    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var (q, k, v) = (inputs[Query], inputs[Key], inputs[V]);
        Require(
            q.Rank == 3 && k.Rank == 3 && k == q.With(1, k[1]) && v == [q[2]],
            $"additive scores expect q [batch, queries, hidden], k [batch, keys, hidden] and v [hidden]; got {q}, {k} and {v}");
        return new Signature([q[0], q[1], k[1]])
        {
            Saved = [[q[0], q[1], k[1], q[2]]],        // t: a tanh takes longer than writing it down
            SavesForBackwardOnly = true,
            Scratch = q.Count,                         // one t of each query, where none is saved
            BackwardScratch = 2 * q[0] * q[2],         // of each sequence v (1 - t²), and its part of dv
            BackwardReads = Reads.Weights,
        };
    }

    protected internal override long MultiplyAdds(ReadOnlySpan<Shape> inputs, Shape output) => (long)output.Count * inputs[V][0];

    protected internal override void Forward(Frame f)
    {
        var s = new Sizes(f);
        if (s.Hidden == 0)
        {
            f.Output.Clear();
            return;
        }

        Tiles.Run(s.Batch * s.Queries, 16L * s.Queries * s.Batch * s.Keys * s.Hidden, (f, s), static (state, row) =>
        {
            var (f, s) = state;
            ReadOnlySpan<float> q = f.Input(Query).Slice(row * s.Hidden, s.Hidden), k = f.Input(Key).Slice(row / s.Queries * s.Keys * s.Hidden, s.Keys * s.Hidden);
            var saved = f.Saved(0);
            var scores = f.Output.Slice(row * s.Keys, s.Keys);
            for (int j = 0; j < s.Keys; j++)
            {
                var t = saved.IsEmpty ? f.Scratch.Slice(row * s.Hidden, s.Hidden) : saved.Slice((row * s.Keys + j) * s.Hidden, s.Hidden);
                TensorPrimitives.Add(q, k.Slice(j * s.Hidden, s.Hidden), t);
                VectorMath.Tanh(t, t);
                scores[j] = TensorPrimitives.Dot(t, f.Input(V));
            }
        });
    }

    protected internal override void Backward(Frame f)
    {
        var s = new Sizes(f);
        Tiles.Run(s.Batch, 8L * s.Batch * s.Queries * s.Keys * s.Hidden, (f, s), static (state, sequence) => Derive(state.f, state.s, sequence));
        if (!f.Wants(V)) return;
        var dv = f.InputGradient(V);
        dv.Clear();
        for (int sequence = 0; sequence < s.Batch; sequence++) TensorPrimitives.Add(dv, PartOfV(f, s, sequence), dv); // in their order, whoever computed them
    }

    private static void Derive(Frame f, Sizes s, int sequence)
    {
        Span<float> slope = f.BackwardScratch.Slice((s.Batch + sequence) * s.Hidden, s.Hidden), dv = PartOfV(f, s, sequence);
        var dk = Part(f.InputGradient(Key), sequence * s.Keys, s.Keys * s.Hidden, s.Hidden);
        dk.Clear();
        dv.Clear();
        for (int row = sequence * s.Queries; row < (sequence + 1) * s.Queries; row++)
        {
            var dq = Part(f.InputGradient(Query), row, s.Hidden, s.Hidden);
            dq.Clear();
            for (int j = 0; j < s.Keys; j++)
            {
                int place = row * s.Keys + j;
                float de = f.OutputGradient[place];
                if (de == 0) continue; // behind the end of a sequence
                var t = f.Saved(0).Slice(place * s.Hidden, s.Hidden);
                TensorPrimitives.MultiplyAdd(t, de, dv, dv);
                TensorPrimitives.Multiply(t, t, slope);
                TensorPrimitives.Subtract(1, slope, slope);
                TensorPrimitives.Multiply(slope, f.Input(V), slope);
                if (!dq.IsEmpty) TensorPrimitives.MultiplyAdd(slope, de, dq, dq);
                var dkRow = Part(dk, j, s.Hidden, s.Hidden);
                if (!dkRow.IsEmpty) TensorPrimitives.MultiplyAdd(slope, de, dkRow, dkRow);
            }
        }
    }

    private static Span<float> PartOfV(Frame f, Sizes s, int sequence) => f.BackwardScratch.Slice(sequence * s.Hidden, s.Hidden);

    private static Span<float> Part(Span<float> gradient, int row, int length, int hidden) => gradient.IsEmpty ? [] : gradient.Slice(row * hidden, length);

    private readonly record struct Sizes(int Batch, int Queries, int Keys, int Hidden)
    {
        public Sizes(Frame f) : this(f.OutputShape[0], f.OutputShape[1], f.OutputShape[2], f.InputShape(V)[0]) { }
    }
}

/// <summary>The scores of additive attention, on tensors.</summary>
public static class AdditiveScoresExtensions
{
    extension(Tensor q)
    {
        /// <summary>v · tanh(q[i] + k[j]) for every query and key.</summary>
        /// <param name="k">The keys, <c>[batch, keys, hidden]</c>.</param>
        /// <param name="v">What weighs the hidden features, <c>[hidden]</c>.</param>
        /// <returns><c>[batch, queries, keys]</c>, for queries <c>[batch, queries, hidden]</c>.</returns>
        /// <exception cref="ShapeException">The shapes do not fit together.</exception>
        public Tensor AdditiveScores(Tensor k, Tensor v)
        {
            ArgumentNullException.ThrowIfNull(k);
            ArgumentNullException.ThrowIfNull(v);
            return new AdditiveScores().Apply(q, k, v);
        }
    }
}
