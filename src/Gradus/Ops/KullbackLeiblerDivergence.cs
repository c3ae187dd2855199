using System.Numerics;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>
/// The mean of target · (log target - x), where x is a logarithm of a probability and 0 · log 0 = 0; dx = -target / count,
/// dTarget = (log target + 1 - x) / count.
/// </summary>
/// <remarks>Kullback and Leibler 1951, "On information and sufficiency", equation 2.4.</remarks>
internal sealed class KullbackLeiblerDivergence : MeanLoss
{
    protected override float SumOf(ReadOnlySpan<float> x, ReadOnlySpan<float> target) => Reductions.Sum<Divergence>(x, target);

    protected override void Derive(int which, ReadOnlySpan<float> x, ReadOnlySpan<float> target, float scale, Span<float> gradient)
    {
        if (which == 0)
        {
            System.Numerics.Tensors.TensorPrimitives.Multiply(target, -scale, gradient);
            return;
        }

        LaneLoops.Derive<ByTarget>(x, target, x, gradient);
        System.Numerics.Tensors.TensorPrimitives.Multiply(gradient, scale, gradient);
    }

    private readonly struct Divergence : IReductionTerm
    {
        public static Vector<float> Of(Vector<float> x, Vector<float> target, Vector<float> center) =>
            Vector.ConditionalSelect(Vector.Equals(target, Vector<float>.Zero), Vector<float>.Zero, target * (Vector.Log(target) - x));
    }

    private readonly struct ByTarget : ILaneDerivative
    {
        public static Vector<float> Of(Vector<float> x, Vector<float> target, Vector<float> unused) => Vector.Log(target) + Vector<float>.One - x;
    }
}

/// <summary>The Kullback-Leibler divergence on tensors.</summary>
public static class KullbackLeiblerDivergenceExtensions
{
    extension(Tensor logarithms)
    {
        /// <summary>The mean of target · (log target - logarithms) over all elements.</summary>
        /// <param name="target">Probabilities, of the same shape.</param>
        /// <returns>A scalar.</returns>
        /// <exception cref="ShapeException">The shapes differ, or there is no element.</exception>
        public Tensor KullbackLeiblerDivergence(Tensor target) => new KullbackLeiblerDivergence().Apply(logarithms, target);
    }
}
