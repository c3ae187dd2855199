using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>y = eˣ / Σ eˣ along an axis, with the maximum subtracted first so that nothing overflows; dx = y (dy - Σ y dy).</summary>
/// <remarks>Bridle 1990, "Probabilistic interpretation of feedforward classification network outputs".</remarks>
internal sealed class Softmax(int axis) : LineOperation(axis)
{
    protected override void ForwardLines(ReadOnlySpan<float> x, Span<float> y, int length) => SoftmaxRows.Forward(x, y, length, logarithm: false);

    protected override void BackwardLines(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, int length) =>
        SoftmaxRows.Backward(y, dy, dx, length, logarithm: false);
}

/// <summary>y = x - log Σ eˣ along an axis, with the maximum subtracted first; dx = dy - eʸ Σ dy.</summary>
internal sealed class LogSoftmax(int axis) : LineOperation(axis)
{
    protected override void ForwardLines(ReadOnlySpan<float> x, Span<float> y, int length) => SoftmaxRows.Forward(x, y, length, logarithm: true);

    protected override void BackwardLines(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, int length) =>
        SoftmaxRows.Backward(y, dy, dx, length, logarithm: true);
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
