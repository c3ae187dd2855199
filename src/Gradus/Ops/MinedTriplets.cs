using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>Which triplets of a batch count.</summary>
public enum TripletMining
{
    /// <summary>For each anchor the farthest of its own kind and the nearest of another: Hermans, Beyer and Leibe 2017, https://arxiv.org/abs/1703.07737, equation 5.</summary>
    BatchHard,

    /// <summary>
    /// For each pair of one kind the nearest of another kind that is farther away than the two are from each other, or the farthest of
    /// another kind if none is: Schroff, Kalenichenko and Philbin 2015, https://arxiv.org/abs/1503.03832, equation 4.
    /// </summary>
    SemiHard,
}

/// <summary>
/// The mean of max(0, |a - p|² - |a - n|² + margin) over the triplets that mining finds in a batch; 0 if it has none. A triplet above 0
/// gives its anchor 2 (n - p), the positive 2 (p - a), the negative 2 (a - n), over their number.
/// </summary>
internal sealed class MinedTriplets(float margin, TripletMining mining) : Operation
{
    private const float None = -1;

    public override object Settings => (margin, mining);

    // inputs: embeddings [batch, features]; integers: labels [batch]
    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var x = inputs[0];
        Require(x.Rank == 2 && x.Count > 0, $"triplets are mined in embeddings [batch, features] with at least one of each; got {x}");
        return new Signature(Shape.Scalar)
        {
            Saved = [[x[0], x[0]], [1]], // by anchor and positive, the negative of each triplet above 0, or None; how many triplets there are
            Scratch = x[0] * (x[0] + 2), // squared distances; each anchor's loss and number of triplets
        };
    }

    protected internal override void Forward(Frame f)
    {
        int batch = f.InputShape(0)[0], features = f.InputShape(0)[1];
        Require(f.Integers(0).Length == batch, $"{f.InputShape(0)} embeddings need {batch} labels; got {f.Integers(0).Length}");
        Tiles.Run(batch, (long)batch * batch * features, (this, f, batch), static (s, anchor) =>
        {
            Measure(s.f, anchor, s.f.Scratch.Slice(anchor * s.batch, s.batch));
            s.Item1.Mine(s.f, anchor, s.f.Scratch.Slice(anchor * s.batch, s.batch), s.f.Saved(0).Slice(anchor * s.batch, s.batch));
        });
        float triplets = Reductions.Sum(f.Scratch.Slice(batch * (batch + 1), batch));
        f.Saved(1)[0] = triplets;
        f.Output[0] = triplets == 0 ? 0 : Reductions.Sum(f.Scratch.Slice(batch * batch, batch)) / triplets;
    }

    protected internal override void Backward(Frame f)
    {
        int batch = f.InputShape(0)[0];
        var gradient = f.InputGradient(0);
        gradient.Clear();
        float scale = 2 * f.OutputGradient[0] / MathF.Max(1, f.Saved(1)[0]);
        for (int pair = 0; pair < batch * batch; pair++)
        {
            if (f.Saved(0)[pair] is not None and var negative) Pull(f, gradient, scale, pair / batch, pair % batch, (int)negative);
        }
    }

    private static void Pull(Frame f, Span<float> gradient, float scale, int anchor, int positive, int negative)
    {
        int features = f.InputShape(0)[1];
        ReadOnlySpan<float> a = f.Input(0).Slice(anchor * features, features), p = f.Input(0).Slice(positive * features, features), n = f.Input(0).Slice(negative * features, features);
        Span<float> da = gradient.Slice(anchor * features, features), dp = gradient.Slice(positive * features, features), dn = gradient.Slice(negative * features, features);
        for (int i = 0; i < features; i++)
        {
            da[i] += scale * (n[i] - p[i]);
            dp[i] += scale * (p[i] - a[i]);
            dn[i] += scale * (a[i] - n[i]);
        }
    }

    private static void Measure(Frame f, int anchor, Span<float> distances)
    {
        int features = f.InputShape(0)[1];
        var own = f.Input(0).Slice(anchor * features, features);
        for (int other = 0; other < distances.Length; other++) distances[other] = Reductions.Sum<SquaredDifferenceTerm>(own, f.Input(0).Slice(other * features, features));
    }

    private void Mine(Frame f, int anchor, ReadOnlySpan<float> distances, Span<float> negatives)
    {
        var labels = f.Integers(0);
        int batch = labels.Length, hardest = -1;
        float loss = 0, triplets = 0;
        negatives.Fill(None);
        for (int positive = 0; positive < batch; positive++)
        {
            if (positive == anchor || labels[positive] != labels[anchor]) continue;
            if (mining == TripletMining.SemiHard) Count(positive, Farther(labels, anchor, distances, distances[positive]), distances, negatives);
            else if (hardest < 0 || distances[positive] > distances[hardest]) hardest = positive;
        }

        if (hardest >= 0) Count(hardest, Farther(labels, anchor, distances, float.NegativeInfinity), distances, negatives);
        f.Scratch[batch * batch + anchor] = loss;
        f.Scratch[batch * (batch + 1) + anchor] = triplets;

        void Count(int positive, int negative, ReadOnlySpan<float> distances, Span<float> negatives)
        {
            if (negative < 0) return;
            float own = distances[positive] - distances[negative] + margin;
            triplets++;
            if (own <= 0) return; // NaN goes on: the loss shows it
            loss += own;
            negatives[positive] = negative;
        }
    }

    /// <summary>The nearest of another kind beyond a distance, or the farthest of another kind; -1 if there is no other kind.</summary>
    private static int Farther(ReadOnlySpan<int> labels, int anchor, ReadOnlySpan<float> distances, float bound)
    {
        int nearest = -1, farthest = -1;
        for (int other = 0; other < labels.Length; other++)
        {
            if (labels[other] == labels[anchor]) continue;
            if (farthest < 0 || distances[other] > distances[farthest]) farthest = other;
            if (distances[other] > bound && (nearest < 0 || distances[other] < distances[nearest])) nearest = other;
        }

        return nearest < 0 ? farthest : nearest;
    }
}

/// <summary>Triplets mined in batches of embeddings.</summary>
public static class MinedTripletsExtensions
{
    extension(Tensor embeddings)
    {
        /// <summary>The mean of max(0, |a - p|² - |a - n|² + margin) over the triplets that mining finds; 0 if there are none.</summary>
        /// <param name="labels"><c>[batch]</c>: what kind each is of.</param>
        /// <param name="margin">By how much another kind is to be farther away, in squared distance.</param>
        /// <param name="mining">Which triplets count.</param>
        /// <returns>A scalar, for embeddings <c>[batch, features]</c>.</returns>
        /// <exception cref="ShapeException">The embeddings are not a matrix, or there are more or fewer labels than rows.</exception>
        public Tensor MinedTriplets(IntTensor labels, float margin, TripletMining mining) => new MinedTriplets(margin, mining).ApplyAll([embeddings], [labels])[0];
    }
}
