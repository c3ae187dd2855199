using System.Numerics.Tensors;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>y = eˣ / Σ eˣ along an axis, with the maximum subtracted first so that nothing overflows; dx = y (dy - Σ y dy).</summary>
/// <remarks>Bridle 1990, "Probabilistic interpretation of feedforward classification network outputs".</remarks>
internal sealed class Softmax(int axis) : LineOperation(axis)
{
    protected override void ForwardLine(ReadOnlySpan<float> x, Span<float> y)
    {
        TensorPrimitives.Subtract(x, TensorPrimitives.Max(x), y);
        TensorPrimitives.Exp<float>(y, y);
        TensorPrimitives.Multiply(y, 1 / Reductions.Sum(y), y);
    }

    protected override void BackwardLine(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx)
    {
        TensorPrimitives.Subtract(dy, Reductions.Sum<ProductTerm>(y, dy), dx);
        TensorPrimitives.Multiply(dx, y, dx);
    }
}

/// <summary>y = x - log Σ eˣ along an axis, with the maximum subtracted first; dx = dy - eʸ Σ dy.</summary>
internal sealed class LogSoftmax(int axis) : LineOperation(axis)
{
    private const int Chunk = 256; // 1 KiB of stack

    protected override void ForwardLine(ReadOnlySpan<float> x, Span<float> y)
    {
        TensorPrimitives.Subtract(x, TensorPrimitives.Max(x), y);
        TensorPrimitives.Subtract(y, MathF.Log(SumOfExponentials(y)), y);
    }

    protected override void BackwardLine(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx)
    {
        float sum = Reductions.Sum(dy);
        Span<float> chunk = stackalloc float[Chunk];
        for (int i = 0; i < y.Length; i += Chunk)
        {
            int length = Math.Min(Chunk, y.Length - i);
            var share = chunk[..length];
            TensorPrimitives.Exp(y.Slice(i, length), share);
            TensorPrimitives.Multiply(share, sum, share);
            TensorPrimitives.Subtract(dy.Slice(i, length), share, dx.Slice(i, length));
        }
    }

    private static float SumOfExponentials(ReadOnlySpan<float> x)
    {
        Span<float> chunk = stackalloc float[Chunk];
        float sum = 0;
        for (int i = 0; i < x.Length; i += Chunk)
        {
            var powers = chunk[..Math.Min(Chunk, x.Length - i)];
            TensorPrimitives.Exp(x.Slice(i, powers.Length), powers);
            sum += Reductions.Sum(powers);
        }

        return sum;
    }
}

/// <summary>Softmax of tensors.</summary>
public static class SoftmaxExtensions
{
    extension(Tensor x)
    {
        /// <summary>eˣ / Σ eˣ along an axis: positive numbers that sum to 1.</summary>
        /// <param name="axis">The axis, negative counted from the innermost.</param>
        /// <exception cref="ShapeException">There is no such axis.</exception>
        public Tensor Softmax(int axis = -1) => new Softmax(axis).Apply(x);

        /// <summary>log softmax(x) along an axis, accurate where the softmax itself is 0.</summary>
        /// <param name="axis">The axis, negative counted from the innermost.</param>
        /// <exception cref="ShapeException">There is no such axis.</exception>
        public Tensor LogSoftmax(int axis = -1) => new LogSoftmax(axis).Apply(x);
    }
}
