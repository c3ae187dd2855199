using System.Numerics.Tensors;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>The mean of (x - target)²; dx = 2 (x - target) / count.</summary>
internal sealed class MeanSquaredError : MeanLoss
{
    protected override float SumOf(ReadOnlySpan<float> x, ReadOnlySpan<float> target) => Reductions.Sum<SquaredDifferenceTerm>(x, target);

    protected override void Derive(int which, ReadOnlySpan<float> x, ReadOnlySpan<float> target, float scale, Span<float> gradient)
    {
        TensorPrimitives.Subtract(x, target, gradient);
        TensorPrimitives.Multiply(gradient, which == 0 ? 2 * scale : -2 * scale, gradient);
    }
}

/// <summary>The mean squared error on tensors.</summary>
public static class MeanSquaredErrorExtensions
{
    extension(Tensor x)
    {
        /// <summary>The mean of (x - target)² over all elements.</summary>
        /// <param name="target">Of the same shape.</param>
        /// <returns>A scalar.</returns>
        /// <exception cref="ShapeException">The shapes differ, or there is no element.</exception>
        public Tensor MeanSquaredError(Tensor target) => new MeanSquaredError().Apply(x, target);
    }
}
