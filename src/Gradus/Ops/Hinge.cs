using System.Numerics;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>The mean of max(0, 1 - target · x); dx = -target / count where that is above 0.</summary>
/// <remarks>Cortes and Vapnik 1995, "Support-vector networks", equation 22.</remarks>
internal sealed class Hinge : MeanLoss
{
    protected override float SumOf(ReadOnlySpan<float> x, ReadOnlySpan<float> target) => Reductions.Sum<Loss>(x, target);

    protected override void Derive(int which, ReadOnlySpan<float> x, ReadOnlySpan<float> target, float scale, Span<float> gradient)
    {
        LaneLoops.Derive<Slope>(x, target, which == 0 ? target : x, gradient);
        System.Numerics.Tensors.TensorPrimitives.Multiply(gradient, scale, gradient);
    }

    private readonly struct Loss : IReductionTerm
    {
        public static Vector<float> Of(Vector<float> x, Vector<float> target, Vector<float> center) => Vector.Max(Vector<float>.One - target * x, Vector<float>.Zero);
    }

    private readonly struct Slope : ILaneDerivative
    {
        public static Vector<float> Of(Vector<float> x, Vector<float> target, Vector<float> other) =>
            Vector.ConditionalSelect(Vector.LessThan(target * x, Vector<float>.One), -other, Vector<float>.Zero);
    }
}

/// <summary>The hinge loss on tensors.</summary>
public static class HingeExtensions
{
    extension(Tensor x)
    {
        /// <summary>The mean of max(0, 1 - target · x) over all elements.</summary>
        /// <param name="target">-1 or 1, of the same shape.</param>
        /// <returns>A scalar.</returns>
        /// <exception cref="ShapeException">The shapes differ, or there is no element.</exception>
        public Tensor Hinge(Tensor target) => new Hinge().Apply(x, target);
    }
}
