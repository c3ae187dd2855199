using System.Numerics.Tensors;
using Gradus.Graph;

namespace Gradus.Ops;

/// <summary>eˣ; dx = dy · y.</summary>
internal sealed class Exponential() : UnaryOperation(Reads.Outputs)
{
    internal override bool IsCostly => true;

    protected override void Map(ReadOnlySpan<float> x, Span<float> y) => TensorPrimitives.Exp(x, y);

    protected override void Derive(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx) =>
        TensorPrimitives.Multiply(dy, y, dx);
}

/// <summary>The natural logarithm; dx = dy / x.</summary>
internal sealed class Logarithm() : UnaryOperation(Reads.Inputs)
{
    internal override bool IsCostly => true;

    protected override void Map(ReadOnlySpan<float> x, Span<float> y) => TensorPrimitives.Log(x, y);

    protected override void Derive(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx) =>
        TensorPrimitives.Divide(dy, x, dx);
}

/// <summary>The square root; dx = dy / 2y.</summary>
internal sealed class SquareRoot() : UnaryOperation(Reads.Outputs)
{
    protected override void Map(ReadOnlySpan<float> x, Span<float> y) => TensorPrimitives.Sqrt(x, y);

    protected override void Derive(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx)
    {
        TensorPrimitives.Divide(dy, y, dx);
        TensorPrimitives.Multiply(dx, 0.5f, dx);
    }
}

/// <summary>Exponential, logarithm and square root on tensors.</summary>
public static class ExponentialExtensions
{
    extension(Tensor x)
    {
        /// <summary>eˣ, element by element.</summary>
        public Tensor Exp() => new Exponential().Apply(x);

        /// <summary>The natural logarithm, element by element; NaN below 0.</summary>
        public Tensor Log() => new Logarithm().Apply(x);

        /// <summary>The square root, element by element; NaN below 0.</summary>
        public Tensor Sqrt() => new SquareRoot().Apply(x);
    }
}
