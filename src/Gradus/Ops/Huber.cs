using System.Numerics;
using System.Numerics.Tensors;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>
/// The mean of d² / 2 where |d| = |x - target| is at most delta, and of delta · |d| - delta² / 2 beyond; dx = d clamped to ±delta, over count.
/// </summary>
/// <remarks>Huber 1964, "Robust estimation of a location parameter".</remarks>
internal sealed class Huber(float delta) : MeanLoss
{
    public override object Settings => delta;

    protected override float SumOf(ReadOnlySpan<float> x, ReadOnlySpan<float> target) => Reductions.Sum<Loss>(x, target, delta);

    protected override void Derive(int which, ReadOnlySpan<float> x, ReadOnlySpan<float> target, float scale, Span<float> gradient)
    {
        TensorPrimitives.Subtract(x, target, gradient);
        TensorPrimitives.Clamp(gradient, -delta, delta, gradient);
        TensorPrimitives.Multiply(gradient, which == 0 ? scale : -scale, gradient);
    }

    private readonly struct Loss : IReductionTerm
    {
        // With c = d clamped to ±delta both branches are c · d - c² / 2.
        public static Vector<float> Of(Vector<float> x, Vector<float> target, Vector<float> delta)
        {
            var difference = x - target;
            var clamped = Vector.Max(Vector.Min(difference, delta), -delta);
            return clamped * (difference - clamped * 0.5f);
        }
    }
}

/// <summary>The Huber loss on tensors.</summary>
public static class HuberExtensions
{
    extension(Tensor x)
    {
        /// <summary>The mean Huber loss over all elements: squared near the target, absolute far from it.</summary>
        /// <param name="target">Of the same shape.</param>
        /// <param name="delta">Where the one becomes the other, above 0.</param>
        /// <returns>A scalar.</returns>
        /// <exception cref="ShapeException">The shapes differ, or there is no element.</exception>
        /// <exception cref="ArgumentOutOfRangeException">Delta is not a positive number.</exception>
        public Tensor Huber(Tensor target, float delta = 1)
        {
            if (!(delta > 0 && float.IsFinite(delta))) throw new ArgumentOutOfRangeException(nameof(delta), $"delta must be a positive number; got {delta}");
            return new Huber(delta).Apply(x, target);
        }
    }
}
