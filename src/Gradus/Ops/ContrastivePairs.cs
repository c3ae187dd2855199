using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>
/// The mean over pairs of d² / 2 where both are alike and max(0, margin - d)² / 2 where they are not, d = |a - b|. da is a - b, or
/// -(margin - d) (a - b) / d inside the margin (0 where d = 0, which has no direction), over the number of pairs; db = -da.
/// </summary>
/// <remarks>Hadsell, Chopra and LeCun 2006, "Dimensionality reduction by learning an invariant mapping", equation 4.</remarks>
internal sealed class ContrastivePairs(float margin) : Operation
{
    public override object Settings => margin;

    // inputs: a and b [pairs, features]; integers: alike [pairs], not 0 where they are
    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        Require(
            inputs[0].Rank == 2 && inputs[0] == inputs[1] && inputs[0].Count > 0,
            $"the contrastive loss compares two tensors [pairs, features] with at least one of each; got {inputs[0]} and {inputs[1]}");
        return new Signature(Shape.Scalar) { Scratch = inputs[0][0] }; // each pair's loss
    }

    protected internal override void Forward(Frame f)
    {
        int pairs = f.InputShape(0)[0], features = f.InputShape(0)[1];
        Require(f.Integers(0).Length == pairs, $"{f.InputShape(0)} pairs need {pairs} flags; got {f.Integers(0).Length}");
        Tiles.Run(Tiles.Rows(pairs, features), 2L * pairs * features, (this, f, pairs, features), static (s, tile) =>
        {
            int rows = Tiles.RowsPerTile(s.features);
            for (int pair = tile * rows; pair < Math.Min((tile + 1) * rows, s.pairs); pair++)
            {
                float square = SquaredDistance(s.f, pair, s.features), inside = MathF.Max(0, s.Item1.Margin - MathF.Sqrt(square));
                s.f.Scratch[pair] = s.f.Integers(0)[pair] != 0 ? square / 2 : inside * inside / 2;
            }
        });
        f.Output[0] = Reductions.Sum(f.Scratch[..pairs]) / pairs;
    }

    protected internal override void Backward(Frame f)
    {
        int pairs = f.InputShape(0)[0], features = f.InputShape(0)[1];
        Tiles.Run(Tiles.Rows(pairs, features), 4L * pairs * features, (this, f, pairs, features), static (s, tile) =>
        {
            int rows = Tiles.RowsPerTile(s.features);
            for (int pair = tile * rows; pair < Math.Min((tile + 1) * rows, s.pairs); pair++) s.Item1.Derive(s.f, pair, s.features);
        });
    }

    private float Margin => margin;

    private void Derive(Frame f, int pair, int features)
    {
        float scale = f.OutputGradient[0] / f.InputShape(0)[0];
        if (f.Integers(0)[pair] == 0)
        {
            float distance = MathF.Sqrt(SquaredDistance(f, pair, features));
            scale *= distance > 0 && distance < margin ? 1 - margin / distance : 0;
        }

        for (int which = 0; which < 2; which++)
        {
            if (!f.Wants(which)) continue;
            var gradient = f.InputGradient(which).Slice(pair * features, features);
            System.Numerics.Tensors.TensorPrimitives.Subtract(f.Input(0).Slice(pair * features, features), f.Input(1).Slice(pair * features, features), gradient);
            System.Numerics.Tensors.TensorPrimitives.Multiply(gradient, which == 0 ? scale : -scale, gradient);
        }
    }

    private static float SquaredDistance(Frame f, int pair, int features) =>
        Reductions.Sum<SquaredDifferenceTerm>(f.Input(0).Slice(pair * features, features), f.Input(1).Slice(pair * features, features));
}

/// <summary>The contrastive loss on tensors.</summary>
public static class ContrastivePairsExtensions
{
    extension(Tensor a)
    {
        /// <summary>The mean over pairs of d² / 2 where both are alike and max(0, margin - d)² / 2 where they are not.</summary>
        /// <param name="b">The pairs' other halves, of the same shape <c>[pairs, features]</c>.</param>
        /// <param name="alike"><c>[pairs]</c>: not 0 where both halves are of one kind.</param>
        /// <param name="margin">The distance from which on different ones are far enough apart, above 0.</param>
        /// <returns>A scalar.</returns>
        /// <exception cref="ShapeException">The shapes do not fit together.</exception>
        /// <exception cref="ArgumentOutOfRangeException">The margin is not a positive number.</exception>
        public Tensor ContrastivePairs(Tensor b, IntTensor alike, float margin = 1)
        {
            if (!(margin > 0)) throw new ArgumentOutOfRangeException(nameof(margin), $"the margin must be a positive number; got {margin}");
            return new ContrastivePairs(margin).ApplyAll([a, b], [alike])[0];
        }
    }
}
