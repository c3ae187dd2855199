using System.Numerics.Tensors;
using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>x Φ(x) with the normal distribution function Φ(x) = (1 + erf(x / √2)) / 2; dx = dy (Φ(x) + x φ(x)).</summary>
/// <remarks>Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415; the exact form, not the tanh approximation.</remarks>
internal sealed class Gelu() : UnaryOperation(Reads.Inputs)
{
    internal override bool IsCostly => true;

    protected override void Map(ReadOnlySpan<float> x, Span<float> y) => VectorMath.Gelu(x, y);

    protected override void Derive(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx)
    {
        VectorMath.GeluDerivative(x, dx);
        TensorPrimitives.Multiply(dx, dy, dx);
    }
}

/// <summary>The Gaussian error linear unit on tensors.</summary>
public static class GeluExtensions
{
    extension(Tensor x)
    {
        /// <summary>x Φ(x), element by element, with the normal distribution function Φ.</summary>
        public Tensor Gelu() => new Gelu().Apply(x);
    }
}
