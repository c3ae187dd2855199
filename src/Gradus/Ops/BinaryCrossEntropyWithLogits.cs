using System.Numerics;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>
/// The mean of -target · log σ(x) - (1 - target) · log(1 - σ(x)), computed as max(x, 0) - x · target + log(1 + e^-|x|), which
/// overflows for no logit; dx = (σ(x) - target) / count.
/// </summary>
/// <remarks>Bishop 2006, "Pattern Recognition and Machine Learning", equations 4.90 and 4.91.</remarks>
internal sealed class BinaryCrossEntropyWithLogits : MeanLoss
{
    protected override float SumOf(ReadOnlySpan<float> x, ReadOnlySpan<float> target) => Reductions.Sum<Loss>(x, target);

    protected override void Derive(int which, ReadOnlySpan<float> x, ReadOnlySpan<float> target, float scale, Span<float> gradient)
    {
        if (which == 0) LaneLoops.Derive<Residual>(x, target, x, gradient);
        else System.Numerics.Tensors.TensorPrimitives.Negate(x, gradient);
        System.Numerics.Tensors.TensorPrimitives.Multiply(gradient, scale, gradient);
    }

    private readonly struct Loss : IReductionTerm
    {
        public static Vector<float> Of(Vector<float> x, Vector<float> target, Vector<float> center)
        {
            var small = Vector.Exp(-Vector.Abs(x));
            return Vector.Max(x, Vector<float>.Zero) - x * target + LogOnePlus(small);
        }

        // log(1 + e) loses the digits of a small e in the sum; log(u) · e / (u - 1) with u = 1 + e does not (Kahan).
        private static Vector<float> LogOnePlus(Vector<float> e)
        {
            var u = Vector<float>.One + e;
            var rounded = u - Vector<float>.One;
            return Vector.ConditionalSelect(Vector.Equals(rounded, Vector<float>.Zero), e, Vector.Log(u) * (e / rounded));
        }
    }

    private readonly struct Residual : ILaneDerivative
    {
        public static Vector<float> Of(Vector<float> x, Vector<float> target, Vector<float> unused)
        {
            var small = Vector.Exp(-Vector.Abs(x));
            var positive = Vector<float>.One / (Vector<float>.One + small); // σ(|x|)
            return Vector.ConditionalSelect(Vector.LessThan(x, Vector<float>.Zero), small * positive, positive) - target;
        }
    }
}

/// <summary>Binary cross-entropy on logits.</summary>
public static class BinaryCrossEntropyWithLogitsExtensions
{
    extension(Tensor logits)
    {
        /// <summary>The mean binary cross-entropy between σ(logits) and targets, over all elements.</summary>
        /// <param name="target">Of the same shape, each from 0 to 1.</param>
        /// <returns>A scalar.</returns>
        /// <exception cref="ShapeException">The shapes differ, or there is no element.</exception>
        public Tensor BinaryCrossEntropyWithLogits(Tensor target) => new BinaryCrossEntropyWithLogits().Apply(logits, target);
    }
}
