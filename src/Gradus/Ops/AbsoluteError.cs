using System.Numerics;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>The mean of |x - target|; dx = sign(x - target) / count, 0 where they are equal.</summary>
internal sealed class AbsoluteError : MeanLoss
{
    protected override float SumOf(ReadOnlySpan<float> x, ReadOnlySpan<float> target) => Reductions.Sum<Distance>(x, target);

    protected override void Derive(int which, ReadOnlySpan<float> x, ReadOnlySpan<float> target, float scale, Span<float> gradient)
    {
        LaneLoops.Derive<Sign>(x, target, x, gradient);
        System.Numerics.Tensors.TensorPrimitives.Multiply(gradient, which == 0 ? scale : -scale, gradient);
    }

    private readonly struct Distance : IReductionTerm
    {
        public static Vector<float> Of(Vector<float> x, Vector<float> target, Vector<float> center) => Vector.Abs(x - target);
    }

    private readonly struct Sign : ILaneDerivative
    {
        public static Vector<float> Of(Vector<float> x, Vector<float> target, Vector<float> unused)
        {
            var difference = x - target; // NaN stays NaN: no comparison holds for it
            var below = Vector.ConditionalSelect(Vector.LessThan(difference, Vector<float>.Zero), -Vector<float>.One, difference);
            return Vector.ConditionalSelect(Vector.GreaterThan(difference, Vector<float>.Zero), Vector<float>.One, below);
        }
    }
}

/// <summary>The mean absolute error on tensors.</summary>
public static class AbsoluteErrorExtensions
{
    extension(Tensor x)
    {
        /// <summary>The mean of |x - target| over all elements.</summary>
        /// <param name="target">Of the same shape.</param>
        /// <returns>A scalar.</returns>
        /// <exception cref="ShapeException">The shapes differ, or there is no element.</exception>
        public Tensor AbsoluteError(Tensor target) => new AbsoluteError().Apply(x, target);
    }
}
